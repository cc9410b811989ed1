using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Codes of eight bits a dimension beside vectors that grow, a chunk at a time: which of many are worth comparing themselves. One writer;
/// readers take no locks. For one variant of the kernels.
/// </summary>
/// <remarks>
/// All are coded around the centre of the first chunk, so that a query is coded once. A chunk that lies elsewhere has coarser codes, and a
/// candidate that is missed for it would have to lie behind twice as many as are wanted.
/// </remarks>
internal abstract unsafe class ColumnCodes
{
    private readonly AppendOnlyList<Chunk> _chunks = new();
    private readonly VectorCoder _coder;
    private readonly int _chunkVectors;

    private ColumnCodes(VectorRows first) => (_coder, _chunkVectors) = (VectorCoder.For(first, 8), first.Count);

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
        var (size, codes, tails) = (_coder.CodeBytes, new sbyte[vectors.Count * _coder.CodeBytes], new CodeTail[vectors.Count]);
        for (var i = 0; i < vectors.Count; i++)
            tails[i] = _coder.Encode(vectors.Span(i), MemoryMarshal.AsBytes(codes.AsSpan(i * size, size)));
        _chunks.Add(new Chunk(codes, tails));
    }

    /// <summary>Overwrites the code of a vector, if it has one.</summary>
    public void Erase(int vector)
    {
        if (vector >= Count) return;
        var size = _coder.CodeBytes;
        ref var chunk = ref _chunks[vector / _chunkVectors];
        chunk.Codes.AsSpan(vector % _chunkVectors * size, size).Clear();
        chunk.Tails[vector % _chunkVectors] = default;
    }

    /// <summary>Leaves those of the allowed vectors that seem nearest.</summary>
    /// <param name="query">As long as they are; of unit length for cosine.</param>
    /// <param name="allowed">A bit for each vector, all of them coded: as many chunks as it has bits for.</param>
    /// <param name="kept">How many are left at most.</param>
    public void Narrow(scoped ReadOnlySpan<float> query, Span<ulong> allowed, int kept)
    {
        var (hits, code) = (ArrayPool<Hit>.Shared.Rent(kept), ArrayPool<sbyte>.Shared.Rent(_coder.QueryBytes));
        var nearest = new TopHits(hits.AsSpan(0, kept));
        var coded = _coder.EncodeQuery(query, code.AsSpan(0, _coder.QueryBytes));
        var words = _chunkVectors / 64;
        fixed (sbyte* asked = code)
            for (var at = 0; at * words < allowed.Length; at++)
                Compare(coded, asked, _chunks[at], allowed.Slice(at * words, words), at * _chunkVectors, ref nearest);
        allowed.Clear();
        foreach (var hit in nearest.Best) allowed[hit.Row >> 6] |= 1UL << hit.Row;
        ArrayPool<sbyte>.Shared.Return(code);
        ArrayPool<Hit>.Shared.Return(hits);
    }

    private protected abstract void Compare(
        in CodeQuery coded, sbyte* asked, in Chunk chunk, ReadOnlySpan<ulong> allowed, int first, ref TopHits nearest);

    private protected readonly record struct Chunk(sbyte[] Codes, CodeTail[] Tails);

    private readonly struct Making(VectorRows first) : IKernelUser<ColumnCodes>
    {
        public ColumnCodes Use<TKernels>()
            where TKernels : struct, IKernels => new Coded<TKernels>(first);
    }

    private sealed class Coded<TKernels>(VectorRows first) : ColumnCodes(first)
        where TKernels : struct, IKernels
    {
        private protected override void Compare(
            in CodeQuery coded, sbyte* asked, in Chunk chunk, ReadOnlySpan<ulong> allowed, int first, ref TopHits nearest)
        {
            var (size, tails) = (_coder.CodeBytes, chunk.Tails);
            fixed (sbyte* codes = chunk.Codes)
                for (var i = 0; i < allowed.Length; i++)
                    for (var word = allowed[i]; word != 0; word &= word - 1)
                    {
                        var at = (i << 6) + BitOperations.TrailingZeroCount(word);
                        var product = TKernels.DotBytes(asked, codes + ((nint)at * size), size);
                        nearest.Add(first + at, VectorRows.Similarity(coded.Distance(product, tails[at])));
                    }
        }
    }
}
