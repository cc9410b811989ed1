using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>Sixteen floats: AVX-512.</summary>
internal readonly unsafe struct FloatLanes512(Vector512<float> lanes) : IFloatLanes<FloatLanes512>
{
    private readonly Vector512<float> _lanes = lanes;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes512 Add(FloatLanes512 a, FloatLanes512 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes512 Subtract(FloatLanes512 a, FloatLanes512 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes512 MultiplyAdd(FloatLanes512 a, FloatLanes512 b, FloatLanes512 sum) =>
        new(Vector512.FusedMultiplyAdd(a._lanes, b._lanes, sum._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(FloatLanes512 lanes) => Vector512.Sum(lanes._lanes);
}
