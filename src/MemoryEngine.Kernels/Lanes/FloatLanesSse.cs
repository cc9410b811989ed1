using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>Four floats with SSE, before processors rounded a product and a sum at once: that would be done in software.</summary>
internal readonly unsafe struct FloatLanesSse(Vector128<float> lanes) : IFloatLanes<FloatLanesSse>
{
    private readonly Vector128<float> _lanes = lanes;

    public static int Count => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanesSse Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanesSse Add(FloatLanesSse a, FloatLanesSse b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanesSse Subtract(FloatLanesSse a, FloatLanesSse b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanesSse MultiplyAdd(FloatLanesSse a, FloatLanesSse b, FloatLanesSse sum) =>
        new((a._lanes * b._lanes) + sum._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(FloatLanesSse lanes) => Vector128.Sum(lanes._lanes);
}
