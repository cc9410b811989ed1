namespace MemoryEngine.Kernels;

/// <summary>
/// A register of 32-bit sums, and how products of bytes are added to it: all that <see cref="ByteBody"/> and
/// <see cref="BitBody"/> need to know of it. Which lane a product lands in is left to the processor.
/// </summary>
internal unsafe interface ICodeLanes<TSelf>
    where TSelf : struct, ICodeLanes<TSelf>
{
    /// <summary>Bytes taken in one step.</summary>
    static abstract int Count { get; }

    /// <summary>
    /// Whether <see cref="AddMasked"/> takes fields of up to eight bits where they stand. Otherwise products are summed in
    /// pairs in 16 bits, and a field has to be moved down first, so that it is small.
    /// </summary>
    static abstract bool TakesWholeBytes { get; }

    /// <summary>Adds the products of signed bytes from −127 to 127.</summary>
    static abstract TSelf AddProducts(sbyte* a, sbyte* b, TSelf sums);

    /// <summary>As <see cref="AddProducts"/>, of sixteen bytes only: what is left of a wider register.</summary>
    static abstract TSelf AddProductsOf16(sbyte* a, sbyte* b, TSelf sums);

    /// <summary>Adds the products of <c>(code &gt;&gt; shift) &amp; mask</c>, unsigned, with signed bytes.</summary>
    static abstract TSelf AddMasked(byte* code, int shift, byte mask, sbyte* query, TSelf sums);

    /// <summary>As <see cref="AddMasked"/>, of sixteen bytes only.</summary>
    static abstract TSelf AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, TSelf sums);

    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>Divides sums by a power of two that all of them are multiples of.</summary>
    static abstract TSelf ShiftDown(TSelf sums, int shift);

    static abstract int Sum(TSelf sums);
}
