using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MemoryEngine.Index;
using MemoryEngine.Kernels;

namespace MemoryEngine.Segments;

/// <summary>
/// Codes of vectors that have no graph, eight bits a dimension: a search compares with all of them, a quarter of the bytes of the
/// vectors themselves, and with the vectors of the nearest. For one variant of the kernels.
/// </summary>
internal abstract unsafe class CodeScan : IDisposable
{
    /// <summary>
    /// So many candidates for each that is wanted are compared by their vectors. Of the ten nearest, codes of eight bits have 0.98 to
    /// 0.99 among their best ten, and all among their best twenty (docs/benchmarks.md, Kernels).
    /// </summary>
    private const int Candidates = 2;

    private readonly NativeBlock _block;
    private readonly VectorCoder _coder;
    private readonly VectorRows _rows;
    private readonly int _stride;

    private CodeScan(VectorRows rows)
    {
        _rows = rows;
        _coder = VectorCoder.For(rows, 8);
        _stride = (_coder.CodeBytes + sizeof(CodeTail) + sizeof(float) - 1) & -sizeof(float);
        _block = new NativeBlock((nint)rows.Count * _stride);
        for (var i = 0; i < rows.Count; i++)
            Unsafe.WriteUnaligned(TailOf(i), _coder.Encode(rows.Span(i), new Span<byte>(CodeOf(i), _coder.CodeBytes)));
    }

    /// <summary>Codes vectors, whose bytes have been checked.</summary>
    public static CodeScan Of(VectorRows rows) => KernelDispatch.Use<Making, CodeScan>(new Making(rows));

    /// <summary>Finds the nearest of the allowed vectors.</summary>
    /// <param name="query">As long as they are; of unit length for cosine.</param>
    /// <param name="allowed">A bit for each vector.</param>
    /// <param name="numbers">What each vector is called.</param>
    /// <param name="hits">Gets the best, by what they are called.</param>
    /// <returns>How many vectors were compared themselves.</returns>
    public abstract int Run(scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref TopHits hits);

    public void Dispose() => _block.Dispose();

    private byte* CodeOf(int vector) => _block.First + ((nint)vector * _stride);

    private byte* TailOf(int vector) => CodeOf(vector) + _stride - sizeof(CodeTail);

    private readonly struct Making(VectorRows rows) : IKernelUser<CodeScan>
    {
        private readonly VectorRows _rows = rows;

        public CodeScan Use<TKernels>()
            where TKernels : struct, IKernels => new Scan<TKernels>(_rows);
    }

    private sealed class Scan<TKernels>(VectorRows rows) : CodeScan(rows)
        where TKernels : struct, IKernels
    {
        public override int Run(scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref TopHits hits)
        {
            var rented = ArrayPool<Hit>.Shared.Rent(Candidates * hits.Room);
            var nearest = new TopHits(rented.AsSpan(0, Candidates * hits.Room));
            var code = ArrayPool<sbyte>.Shared.Rent(_coder.QueryBytes);
            var coded = _coder.EncodeQuery(query, code.AsSpan(0, _coder.QueryBytes));
            fixed (sbyte* asked = code)
                for (var i = 0; i < allowed.Length; i++)
                    for (var word = allowed[i]; word != 0; word &= word - 1)
                    {
                        var at = (i << 6) + BitOperations.TrailingZeroCount(word);
                        var product = TKernels.DotBytes(asked, (sbyte*)CodeOf(at), _coder.CodeBytes);
                        nearest.Add(at, VectorRows.Similarity(coded.Distance(product, Unsafe.ReadUnaligned<CodeTail>(TailOf(at)))));
                    }
            fixed (float* asked = query)
                foreach (var candidate in nearest.Best)
                    hits.Add(numbers[candidate.Row], VectorRows.Similarity(_rows.Distance<TKernels>(asked, candidate.Row)));
            var compared = nearest.Count;
            ArrayPool<sbyte>.Shared.Return(code);
            ArrayPool<Hit>.Shared.Return(rented);
            return compared;
        }
    }
}
