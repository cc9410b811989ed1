using System.Buffers;
using MemoryEngine.Index;
using MemoryEngine.Kernels;

namespace MemoryEngine.Segments;

/// <summary>
/// Codes of vectors that have no graph, of as many bits a dimension as a graph's would have: a search compares with all of them, an eighth or
/// a quarter of the bytes of the vectors themselves, and with the vectors of the nearest. For one variant of the kernels.
/// </summary>
internal abstract unsafe class CodeScan : IDisposable
{
    private readonly NativeBlock _block;
    private readonly VectorCoder _coder;
    private readonly VectorRows _rows;

    private CodeScan(VectorRows rows)
    {
        _rows = rows;
        _coder = VectorCoder.For(rows, HnswOptions.BitsFor(rows.Dimension));
        _block = new NativeBlock((nint)rows.Count * CodeRows.StrideOf(_coder.CodeBytes));
        var codes = Codes;
        for (var i = 0; i < rows.Count; i++) codes.Encode(_coder, rows.Span(i), i);
    }

    /// <summary>Codes vectors, whose bytes have been checked.</summary>
    public static CodeScan Of(VectorRows rows) => KernelDispatch.Use<Making, CodeScan>(new Making(rows));

    /// <summary>Finds the nearest of the allowed vectors.</summary>
    /// <param name="query">As long as they are; of unit length for cosine.</param>
    /// <param name="allowed">A bit for each vector.</param>
    /// <param name="numbers">What each vector is called.</param>
    /// <param name="candidates">Of the whole search.</param>
    /// <param name="hits">Gets the best, by what they are called.</param>
    /// <returns>How many vectors were compared themselves.</returns>
    public abstract int Run(
        scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref CodeCandidates candidates, ref TopHits hits);

    public void Dispose() => _block.Dispose();

    private CodeRows Codes => new(_block.First, _coder.CodeBytes);

    private readonly struct Making(VectorRows rows) : IKernelUser<CodeScan>
    {
        private readonly VectorRows _rows = rows;

        public CodeScan Use<TKernels>()
            where TKernels : struct, IKernels => HnswOptions.BitsFor(_rows.Dimension) == 8
                ? new Scan<TKernels, ByteCodes<TKernels>>(_rows)
                : new Scan<TKernels, NibbleCodes<TKernels>>(_rows);
    }

    private sealed class Scan<TKernels, TCodes>(VectorRows rows) : CodeScan(rows)
        where TKernels : struct, IKernels
        where TCodes : struct, ICodeKind
    {
        public override int Run(
            scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref CodeCandidates candidates, ref TopHits hits)
        {
            var code = ArrayPool<sbyte>.Shared.Rent(_coder.QueryBytes);
            var coded = _coder.EncodeQuery(query, code.AsSpan(0, _coder.QueryBytes));
            var first = candidates.Begin(_rows.Count, hits);
            fixed (sbyte* asked = code) Codes.Offer<TCodes>(coded, asked, allowed, first, ref candidates);
            ArrayPool<sbyte>.Shared.Return(code);
            var compared = 0;
            fixed (float* asked = query)
                foreach (var candidate in candidates.Best)
                {
                    var at = candidate.Row - first;
                    if (at < 0) continue;
                    hits.Add(numbers[at], VectorRows.Similarity(_rows.Distance<TKernels>(asked, at)));
                    compared++;
                }
            return compared;
        }
    }
}
