using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Codes one behind the other, each with its tail behind it, so that a comparison with all of them goes through memory once and in order.
/// </summary>
/// <param name="first">The first code.</param>
/// <param name="codeBytes">Bytes of a code, without its tail.</param>
internal readonly unsafe struct CodeRows(byte* first, int codeBytes)
{
    private const int WordBits = 64;

    // The processor sees ahead by itself where four codes lie in few lines: of 384 bytes as fast without asking, of 768 half as fast.
    private const int LeastAsked = 512;

    private readonly int _stride = StrideOf(codeBytes);

    /// <summary>Bytes from a code to the next.</summary>
    public static int StrideOf(int codeBytes) => (codeBytes + sizeof(CodeTail) + sizeof(float) - 1) & -sizeof(float);

    /// <summary>Codes a vector.</summary>
    public void Encode(VectorCoder coder, ReadOnlySpan<float> vector, int row) =>
        Unsafe.WriteUnaligned(TailOf(row), coder.Encode(vector, new Span<byte>(CodeOf(row), codeBytes)));

    /// <summary>Overwrites a code.</summary>
    public void Erase(int row) => new Span<byte>(CodeOf(row), _stride).Clear();

    /// <summary>Offers each allowed row by what its code says.</summary>
    /// <param name="query">What its code is scaled by.</param>
    /// <param name="code">The query's code.</param>
    /// <param name="allowed">A bit for each row.</param>
    /// <param name="number">What the first row is called; the others follow.</param>
    /// <param name="candidates">Of the whole search.</param>
    public void Offer<TCodes>(in CodeQuery query, sbyte* code, scoped ReadOnlySpan<ulong> allowed, int number, ref CodeCandidates candidates)
        where TCodes : struct, ICodeKind
    {
        var listed = stackalloc int[WordBits];
        for (var i = 0; i < allowed.Length; i++)
        {
            var count = List(allowed[i], i * WordBits, listed);
            var at = 0;
            for (; at <= count - 4; at += 4)
            {
                for (var next = at + 4; codeBytes >= LeastAsked && next < Math.Min(at + 8, count); next++)
                    Prefetch.Range(CodeOf(listed[next]), codeBytes);
                OfferFour<TCodes>(query, code, listed + at, number, ref candidates);
            }
            for (; at < count; at++)
            {
                var product = TCodes.Product(code, CodeOf(listed[at]), codeBytes);
                candidates.Add(number + listed[at], VectorRows.Similarity(query.Distance(product, Tail(listed[at]))));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OfferFour<TCodes>(in CodeQuery query, sbyte* code, int* rows, int number, ref CodeCandidates candidates)
        where TCodes : struct, ICodeKind
    {
        var products = TCodes.Products(code, CodeOf(rows[0]), CodeOf(rows[1]), CodeOf(rows[2]), CodeOf(rows[3]), codeBytes);
        var distances = query.Distances(products, Tail(rows[0]), Tail(rows[1]), Tail(rows[2]), Tail(rows[3]));
        if (!Vector128.GreaterThanOrEqualAny(-distances, Vector128.Create(candidates.Threshold))) return;
        for (var i = 0; i < 4; i++) candidates.Add(number + rows[i], VectorRows.Similarity(distances[i]));
    }

    private static int List(ulong word, int first, int* rows)
    {
        if (word == ulong.MaxValue)
        {
            for (var i = 0; i < WordBits; i++) rows[i] = first + i;
            return WordBits;
        }
        var count = 0;
        for (; word != 0; word &= word - 1) rows[count++] = first + BitOperations.TrailingZeroCount(word);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* CodeOf(int row) => first + ((nint)row * _stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* TailOf(int row) => CodeOf(row) + _stride - sizeof(CodeTail);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeTail Tail(int row) => Unsafe.ReadUnaligned<CodeTail>(TailOf(row));
}
