using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// The distinct terms of one document with their weighted frequencies, ascending by term. Its arrays are pooled: a long
/// document has tens of thousands of terms, and they are needed for a moment.
/// </summary>
internal readonly struct TermCounts : IDisposable
{
    private readonly ulong[] _terms;
    private readonly ushort[] _counts;
    private readonly int _distinct;

    private TermCounts(ulong[] terms, ushort[] counts, int distinct, int length) =>
        (_terms, _counts, _distinct, Length) = (terms, counts, distinct, length);

    public ReadOnlySpan<ulong> Terms => _terms.AsSpan(0, _distinct);

    public ReadOnlySpan<ushort> Counts => _counts.AsSpan(0, _distinct);

    /// <summary>The document's weighted length in terms.</summary>
    public int Length { get; }

    /// <summary>The terms of a query.</summary>
    public static TermCounts Of(ReadOnlySpan<char> text)
    {
        var builder = new Builder();
        TextAnalyzer.Analyze(text, ref builder);
        return builder.Build();
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_terms);
        ArrayPool<ushort>.Shared.Return(_counts);
    }

    /// <summary>Counts terms as they come; <see cref="Build"/> sorts and sums them.</summary>
    public ref struct Builder : TextAnalyzer.ISink
    {
        private ulong[] _terms = ArrayPool<ulong>.Shared.Rent(1024);
        private int _count;

        public Builder()
        {
        }

        /// <summary>How many times each term from now on counts.</summary>
        public int Weight { get; set; } = 1;

        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            if (_count + Weight > _terms.Length)
            {
                var grown = ArrayPool<ulong>.Shared.Rent(_terms.Length * 2);
                _terms.AsSpan(0, _count).CopyTo(grown);
                ArrayPool<ulong>.Shared.Return(_terms);
                _terms = grown;
            }
            for (var i = 0; i < Weight; i++) _terms[_count++] = term;
        }

        /// <summary>
        /// Sorts and sums. The builder is used up, and what it had room for given back: what a thousand documents of a batch keep until
        /// they are filed is no larger than they need, an eighth of it, or new pages of memory would be most of what analysis costs.
        /// </summary>
        public readonly TermCounts Build()
        {
            var all = _terms.AsSpan(0, _count);
            all.Sort();
            var distinct = 0;
            for (var i = 0; i < all.Length; i++) distinct += i == 0 || all[i] != all[i - 1] ? 1 : 0;
            var (terms, counts) = (ArrayPool<ulong>.Shared.Rent(distinct), ArrayPool<ushort>.Shared.Rent(distinct));
            var at = -1;
            for (var i = 0; i < all.Length; i++)
            {
                if (i == 0 || all[i] != all[i - 1]) (terms[++at], counts[at]) = (all[i], 1);
                else if (counts[at] < ushort.MaxValue) counts[at]++;
            }
            ArrayPool<ulong>.Shared.Return(_terms);
            return new TermCounts(terms, counts, distinct, _count);
        }
    }
}
