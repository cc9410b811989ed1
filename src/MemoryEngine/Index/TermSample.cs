namespace MemoryEngine.Index;

/// <summary>
/// The term counts of some documents, to learn from. Holds at most <see cref="MostDocuments"/>, of each the
/// <see cref="MostTerms"/> most frequent terms: below 100 MB however long they are, and 10 MB for memories of usual length.
/// </summary>
internal sealed class TermSample
{
    /// <summary>More teach little that is new; who has more takes every n-th.</summary>
    public const int MostDocuments = 16_384;

    private const int MostTerms = 512;

    private readonly List<ulong> _terms = [];
    private readonly List<ushort> _counts = [];
    private readonly List<int> _ends = [];

    public int Documents => _ends.Count;

    public bool IsFull => Documents == MostDocuments;

    /// <summary>Adds a document.</summary>
    public void Add(in TermCounts document)
    {
        if (IsFull) throw new InvalidOperationException($"A sample holds {MostDocuments} documents.");
        var terms = document.Terms;
        var counts = document.Counts;
        var least = LeastKept(counts);
        var kept = 0;
        for (var i = 0; i < terms.Length && kept < MostTerms; i++)
        {
            if (counts[i] < least) continue;
            _terms.Add(terms[i]);
            _counts.Add(counts[i]);
            kept++;
        }
        _ends.Add(_terms.Count);
    }

    public ReadOnlySpan<ulong> Terms(int document) => Slice(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_terms), document);

    public ReadOnlySpan<ushort> Counts(int document) => Slice(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts), document);

    private Span<T> Slice<T>(Span<T> all, int document)
    {
        var start = document == 0 ? 0 : _ends[document - 1];
        return all[start.._ends[document]];
    }

    // The frequency from which on no more than MostTerms terms are left, or the highest there is.
    private static int LeastKept(ReadOnlySpan<ushort> counts)
    {
        if (counts.Length <= MostTerms) return 1;
        var sorted = counts.ToArray();
        Array.Sort(sorted);
        return sorted[^MostTerms];
    }
}
