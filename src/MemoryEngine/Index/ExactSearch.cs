using System.Numerics;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>Compares a query with every vector that may be found, for one variant of the kernels.</summary>
internal abstract unsafe class ExactSearch
{
    public static ExactSearch Instance { get; } = KernelDispatch.Use<Making, ExactSearch>(default(Making));

    /// <summary>Scores the allowed vectors; the best go to <paramref name="hits"/>.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="query">As long as they are; of unit length for cosine.</param>
    /// <param name="allowed">A bit for each vector.</param>
    /// <param name="numbers">What each vector is called.</param>
    /// <param name="hits">Gets the best, by what they are called.</param>
    public abstract void Run(VectorRows vectors, float* query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref TopHits hits);

    private readonly struct Making : IKernelUser<ExactSearch>
    {
        public ExactSearch Use<TKernels>()
            where TKernels : struct, IKernels => new Of<TKernels>();
    }

    private sealed class Of<TKernels> : ExactSearch
        where TKernels : struct, IKernels
    {
        public override void Run(VectorRows vectors, float* query, scoped ReadOnlySpan<ulong> allowed, RowNumbers numbers, ref TopHits hits)
        {
            for (var i = 0; i < allowed.Length; i++)
            {
                for (var word = allowed[i]; word != 0; word &= word - 1)
                {
                    var at = (i << 6) + BitOperations.TrailingZeroCount(word);
                    hits.Add(numbers[at], VectorRows.Similarity(vectors.Distance<TKernels>(query, at)));
                }
            }
        }
    }
}

/// <summary>The rows that vectors stand for: each its own number from a first on, or a list.</summary>
internal readonly unsafe struct RowNumbers(int first, int* listed = null)
{
    public int this[int at] => first + (listed == null ? at : listed[at]);
}
