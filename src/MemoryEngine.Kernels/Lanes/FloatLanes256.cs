using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>Eight floats: AVX2.</summary>
internal readonly unsafe struct FloatLanes256(Vector256<float> lanes) : IFloatLanes<FloatLanes256>
{
    private readonly Vector256<float> _lanes = lanes;

    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes256 Add(FloatLanes256 a, FloatLanes256 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes256 Subtract(FloatLanes256 a, FloatLanes256 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes256 MultiplyAdd(FloatLanes256 a, FloatLanes256 b, FloatLanes256 sum) =>
        new(Vector256.FusedMultiplyAdd(a._lanes, b._lanes, sum._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(FloatLanes256 lanes) => Vector256.Sum(lanes._lanes);
}
