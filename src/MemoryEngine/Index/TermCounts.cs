using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>The distinct terms of one document with their weighted frequencies, ascending by term.</summary>
internal readonly struct TermCounts
{
    private TermCounts(ulong[] terms, ushort[] counts, int length) => (Terms, Counts, Length) = (terms, counts, length);

    public ulong[] Terms { get; }

    public ushort[] Counts { get; }

    /// <summary>The document's weighted length in terms.</summary>
    public int Length { get; }

    /// <summary>The terms of a query.</summary>
    public static TermCounts Of(ReadOnlySpan<char> text)
    {
        var builder = new Builder();
        TextAnalyzer.Analyze(text, ref builder);
        return builder.Build();
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

        /// <summary>Sorts, sums, and gives the builder's memory back.</summary>
        public TermCounts Build()
        {
            var all = _terms.AsSpan(0, _count);
            all.Sort();
            var distinct = 0;
            for (var i = 0; i < all.Length; i++)
                if (i == 0 || all[i] != all[i - 1]) distinct++;
            var (terms, counts) = (new ulong[distinct], new ushort[distinct]);
            var at = -1;
            for (var i = 0; i < all.Length; i++)
            {
                if (i == 0 || all[i] != all[i - 1]) terms[++at] = all[i];
                if (counts[at] < ushort.MaxValue) counts[at]++;
            }
            ArrayPool<ulong>.Shared.Return(_terms);
            _terms = [];
            return new TermCounts(terms, counts, all.Length);
        }
    }
}
