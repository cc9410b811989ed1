using System.Runtime.CompilerServices;

namespace MemoryEngine.Kernels;

/// <summary>
/// The product of a query of signed bytes with a code of 4, 2 or 1 bits a dimension. Byte j of a code of n bytes holds, in
/// its field f, dimension f·n + j: so one register of code meets, field after field, whole registers of the query, and
/// nothing is ever unpacked. Where a field may stay where it is, its sum is shifted down once at the end.
/// </summary>
internal static unsafe class BitBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Nibbles<TLanes>(sbyte* query, byte* code, int codeBytes)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var (sum0, sum1) = (default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= codeBytes - TLanes.Count; i += TLanes.Count)
        {
            sum0 = Field(query + i, code + i, 0, 4, sum0);
            sum1 = Field(query + codeBytes + i, code + i, 4, 4, sum1);
        }
        if (TLanes.Count > 16 && i <= codeBytes - 16)
        {
            sum0 = FieldOf16(query + i, code + i, 0, 4, sum0);
            sum1 = FieldOf16(query + codeBytes + i, code + i, 4, 4, sum1);
            i += 16;
        }
        return TLanes.Sum(TLanes.Add(sum0, Down(sum1, 4))) + Rest(query, code, i, codeBytes, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pairs<TLanes>(sbyte* query, byte* code, int codeBytes)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var (sum0, sum1, sum2, sum3) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= codeBytes - TLanes.Count; i += TLanes.Count)
        {
            sum0 = Field(query + i, code + i, 0, 2, sum0);
            sum1 = Field(query + codeBytes + i, code + i, 2, 2, sum1);
            sum2 = Field(query + (2 * codeBytes) + i, code + i, 4, 2, sum2);
            sum3 = Field(query + (3 * codeBytes) + i, code + i, 6, 2, sum3);
        }
        if (TLanes.Count > 16 && i <= codeBytes - 16)
        {
            sum0 = FieldOf16(query + i, code + i, 0, 2, sum0);
            sum1 = FieldOf16(query + codeBytes + i, code + i, 2, 2, sum1);
            sum2 = FieldOf16(query + (2 * codeBytes) + i, code + i, 4, 2, sum2);
            sum3 = FieldOf16(query + (3 * codeBytes) + i, code + i, 6, 2, sum3);
            i += 16;
        }
        return TLanes.Sum(TLanes.Add(TLanes.Add(sum0, Down(sum1, 2)), TLanes.Add(Down(sum2, 4), Down(sum3, 6)))) + Rest(query, code, i, codeBytes, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bits<TLanes>(sbyte* query, byte* code, int codeBytes)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var (sum0, sum1, sum2, sum3) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var (sum4, sum5, sum6, sum7) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= codeBytes - TLanes.Count; i += TLanes.Count)
        {
            sum0 = Field(query + i, code + i, 0, 1, sum0);
            sum1 = Field(query + codeBytes + i, code + i, 1, 1, sum1);
            sum2 = Field(query + (2 * codeBytes) + i, code + i, 2, 1, sum2);
            sum3 = Field(query + (3 * codeBytes) + i, code + i, 3, 1, sum3);
            sum4 = Field(query + (4 * codeBytes) + i, code + i, 4, 1, sum4);
            sum5 = Field(query + (5 * codeBytes) + i, code + i, 5, 1, sum5);
            sum6 = Field(query + (6 * codeBytes) + i, code + i, 6, 1, sum6);
            sum7 = Field(query + (7 * codeBytes) + i, code + i, 7, 1, sum7);
        }
        if (TLanes.Count > 16 && i <= codeBytes - 16)
        {
            sum0 = FieldOf16(query + i, code + i, 0, 1, sum0);
            sum1 = FieldOf16(query + codeBytes + i, code + i, 1, 1, sum1);
            sum2 = FieldOf16(query + (2 * codeBytes) + i, code + i, 2, 1, sum2);
            sum3 = FieldOf16(query + (3 * codeBytes) + i, code + i, 3, 1, sum3);
            sum4 = FieldOf16(query + (4 * codeBytes) + i, code + i, 4, 1, sum4);
            sum5 = FieldOf16(query + (5 * codeBytes) + i, code + i, 5, 1, sum5);
            sum6 = FieldOf16(query + (6 * codeBytes) + i, code + i, 6, 1, sum6);
            sum7 = FieldOf16(query + (7 * codeBytes) + i, code + i, 7, 1, sum7);
            i += 16;
        }
        var low = TLanes.Add(TLanes.Add(sum0, Down(sum1, 1)), TLanes.Add(Down(sum2, 2), Down(sum3, 3)));
        var high = TLanes.Add(TLanes.Add(Down(sum4, 4), Down(sum5, 5)), TLanes.Add(Down(sum6, 6), Down(sum7, 7)));
        return TLanes.Sum(TLanes.Add(low, high)) + Rest(query, code, i, codeBytes, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Field<TLanes>(sbyte* query, byte* code, int shift, int bits, TLanes sums)
        where TLanes : struct, ICodeLanes<TLanes> =>
        TLanes.TakesWholeBytes
            ? TLanes.AddMasked(code, 0, (byte)(((1 << bits) - 1) << shift), query, sums)
            : TLanes.AddMasked(code, shift, (byte)((1 << bits) - 1), query, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FieldOf16<TLanes>(sbyte* query, byte* code, int shift, int bits, TLanes sums)
        where TLanes : struct, ICodeLanes<TLanes> =>
        TLanes.TakesWholeBytes
            ? TLanes.AddMaskedOf16(code, 0, (byte)(((1 << bits) - 1) << shift), query, sums)
            : TLanes.AddMaskedOf16(code, shift, (byte)((1 << bits) - 1), query, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Down<TLanes>(TLanes sums, int shift)
        where TLanes : struct, ICodeLanes<TLanes> =>
        TLanes.TakesWholeBytes ? TLanes.ShiftDown(sums, shift) : sums;

    /// <summary>The products of the bytes behind the last whole register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rest(sbyte* query, byte* code, int from, int codeBytes, int bits)
    {
        var sum = 0;
        for (; from < codeBytes; from++)
            for (var shift = 0; shift < 8; shift += bits)
                sum += ((code[from] >> shift) & ((1 << bits) - 1)) * query[(shift / bits * (nint)codeBytes) + from];
        return sum;
    }
}
