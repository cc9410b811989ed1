namespace MemoryEngine.Kernels;

/// <summary>A register of floats of some width: all that <see cref="FloatBody"/> needs to know of it.</summary>
internal unsafe interface IFloatLanes<TSelf>
    where TSelf : struct, IFloatLanes<TSelf>
{
    /// <summary>Floats in it.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* from);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>a·b + sum, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf sum);

    static abstract float Sum(TSelf lanes);
}
