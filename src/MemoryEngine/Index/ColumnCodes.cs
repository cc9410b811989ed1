using System.Buffers;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Codes beside vectors that grow, a chunk at a time, of as many bits a dimension as a graph's: which of many are worth comparing themselves.
/// One writer; readers take no locks. For one variant of the kernels.
/// </summary>
/// <remarks>
/// All are coded around the centre of the first chunk, so that a query is coded once. A chunk that lies elsewhere has coarser codes, and a
/// candidate that is missed for it would have to lie behind twice as many as are wanted.
/// </remarks>
internal abstract unsafe class ColumnCodes
{
    private readonly AppendOnlyList<byte[]> _chunks = new();
    private readonly VectorCoder _coder;
    private readonly int _chunkVectors;

    private ColumnCodes(VectorRows first) => (_coder, _chunkVectors) = (VectorCoder.For(first, HnswOptions.BitsFor(first.Dimension)), first.Count);

    /// <summary>How many vectors are coded: the first ones.</summary>
    public int Count => _chunks.Count * _chunkVectors;

    /// <summary>Codes the first chunk; all others are of as many vectors.</summary>
    public static ColumnCodes Of(VectorRows first)
    {
        var codes = KernelDispatch.Use<Making, ColumnCodes>(new Making(first));
        codes.Add(first);
        return codes;
    }

    /// <summary>Codes the next chunk.</summary>
    public void Add(VectorRows vectors)
    {
        var chunk = new byte[vectors.Count * CodeRows.StrideOf(_coder.CodeBytes)];
        fixed (byte* codes = chunk)
            for (var i = 0; i < vectors.Count; i++) new CodeRows(codes, _coder.CodeBytes).Encode(_coder, vectors.Span(i), i);
        _chunks.Add(chunk);
    }

    /// <summary>Overwrites the code of a vector, if it has one.</summary>
    public void Erase(int vector)
    {
        if (vector >= Count) return;
        fixed (byte* codes = _chunks[vector / _chunkVectors]) new CodeRows(codes, _coder.CodeBytes).Erase(vector % _chunkVectors);
    }

    /// <summary>Leaves those of the allowed vectors that are among the candidates of the whole search.</summary>
    /// <param name="query">As long as they are; of unit length for cosine.</param>
    /// <param name="allowed">A bit for each vector, all of them coded: as many chunks as it has bits for.</param>
    /// <param name="found">What was found without codes.</param>
    /// <param name="candidates">Of the whole search.</param>
    public void Narrow(scoped ReadOnlySpan<float> query, Span<ulong> allowed, scoped in TopHits found, ref CodeCandidates candidates)
    {
        var code = ArrayPool<sbyte>.Shared.Rent(_coder.QueryBytes);
        var coded = _coder.EncodeQuery(query, code.AsSpan(0, _coder.QueryBytes));
        var words = _chunkVectors / 64;
        var first = candidates.Begin(allowed.Length * 64, found);
        fixed (sbyte* asked = code)
            for (var at = 0; at * words < allowed.Length; at++)
                Compare(coded, asked, _chunks[at], allowed.Slice(at * words, words), first + (at * _chunkVectors), ref candidates);
        allowed.Clear();
        foreach (var candidate in candidates.Best)
            if (candidate.Row - first is >= 0 and var at) allowed[at >> 6] |= 1UL << at;
        ArrayPool<sbyte>.Shared.Return(code);
    }

    private protected abstract void Compare(
        in CodeQuery coded, sbyte* asked, byte[] chunk, ReadOnlySpan<ulong> allowed, int first, ref CodeCandidates candidates);

    private readonly struct Making(VectorRows first) : IKernelUser<ColumnCodes>
    {
        public ColumnCodes Use<TKernels>()
            where TKernels : struct, IKernels => HnswOptions.BitsFor(first.Dimension) == 8
                ? new Coded<ByteCodes<TKernels>>(first)
                : new Coded<NibbleCodes<TKernels>>(first);
    }

    private sealed class Coded<TCodes>(VectorRows first) : ColumnCodes(first)
        where TCodes : struct, ICodeKind
    {
        private protected override void Compare(
            in CodeQuery coded, sbyte* asked, byte[] chunk, ReadOnlySpan<ulong> allowed, int first, ref CodeCandidates candidates)
        {
            fixed (byte* codes = chunk) new CodeRows(codes, _coder.CodeBytes).Offer<TCodes>(coded, asked, allowed, first, ref candidates);
        }
    }
}
