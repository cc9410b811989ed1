using System.Runtime.CompilerServices;

namespace MemoryEngine.Kernels;

/// <summary>What one pair of components adds to a distance.</summary>
internal interface IFloatStep
{
    static abstract TLanes Next<TLanes>(TLanes a, TLanes b, TLanes sum)
        where TLanes : struct, IFloatLanes<TLanes>;

    static abstract float Next(float a, float b, float sum);
}

/// <summary>a·b.</summary>
internal readonly struct DotStep : IFloatStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Next<TLanes>(TLanes a, TLanes b, TLanes sum)
        where TLanes : struct, IFloatLanes<TLanes> =>
        TLanes.MultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Next(float a, float b, float sum) => (a * b) + sum;
}

/// <summary>(a − b)².</summary>
internal readonly struct SquaredL2Step : IFloatStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Next<TLanes>(TLanes a, TLanes b, TLanes sum)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        var difference = TLanes.Subtract(a, b);
        return TLanes.MultiplyAdd(difference, difference, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Next(float a, float b, float sum) => ((a - b) * (a - b)) + sum;
}
