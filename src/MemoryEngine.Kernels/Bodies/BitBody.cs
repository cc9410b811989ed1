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
        var sum = Total(sum0, 0) + Total(sum1, 4);
        return i == codeBytes ? sum : sum + Rest<TLanes>(query, code, i, codeBytes, 4);
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
        var sum = Total(sum0, 0) + Total(sum1, 2) + Total(sum2, 4) + Total(sum3, 6);
        return i == codeBytes ? sum : sum + Rest<TLanes>(query, code, i, codeBytes, 2);
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
        var sum = Total(sum0, 0) + Total(sum1, 1) + Total(sum2, 2) + Total(sum3, 3) +
            Total(sum4, 4) + Total(sum5, 5) + Total(sum6, 6) + Total(sum7, 7);
        return i == codeBytes ? sum : sum + Rest<TLanes>(query, code, i, codeBytes, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Field<TLanes>(sbyte* query, byte* code, int shift, int bits, TLanes sums)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var mask = (1 << bits) - 1;
        return TLanes.TakesWholeBytes
            ? TLanes.AddMasked(code, 0, (byte)(mask << shift), query, sums)
            : TLanes.AddMasked(code, shift, (byte)mask, query, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Total<TLanes>(TLanes sums, int shift)
        where TLanes : struct, ICodeLanes<TLanes> =>
        TLanes.TakesWholeBytes ? TLanes.Sum(sums) >> shift : TLanes.Sum(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rest<TLanes>(sbyte* query, byte* code, int from, int codeBytes, int bits)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var sum = 0;
        if (TLanes.Count > CodeLanes128.Count)
        {
            var lanes = default(CodeLanes128);
            for (; from <= codeBytes - CodeLanes128.Count; from += CodeLanes128.Count)
                for (var shift = 0; shift < 8; shift += bits)
                {
                    var part = query + (shift / bits * (nint)codeBytes) + from;
                    lanes = CodeLanes128.AddMasked(code + from, shift, (byte)((1 << bits) - 1), part, lanes);
                }
            sum = CodeLanes128.Sum(lanes);
        }
        for (; from < codeBytes; from++)
            for (var shift = 0; shift < 8; shift += bits)
                sum += ((code[from] >> shift) & ((1 << bits) - 1)) * query[(shift / bits * (nint)codeBytes) + from];
        return sum;
    }
}
