using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>Four floats: NEON, and what is left of wider registers.</summary>
internal readonly unsafe struct FloatLanes128(Vector128<float> lanes) : IFloatLanes<FloatLanes128>
{
    private readonly Vector128<float> _lanes = lanes;

    public static int Count => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Add(FloatLanes128 a, FloatLanes128 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Subtract(FloatLanes128 a, FloatLanes128 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 MultiplyAdd(FloatLanes128 a, FloatLanes128 b, FloatLanes128 sum) =>
        new(Vector128.FusedMultiplyAdd(a._lanes, b._lanes, sum._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(FloatLanes128 lanes) => Vector128.Sum(lanes._lanes);
}
