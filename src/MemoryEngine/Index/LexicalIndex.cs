namespace MemoryEngine.Index;

/// <summary>
/// The words of rows in memory, and the constants of BM25 (Robertson and Zaragoza 2009), by which <see cref="LexicalSearch"/>
/// scores them. One writer; readers take no locks.
/// </summary>
internal sealed class LexicalIndex : ITermSet
{
    /// <summary>How fast repetition saturates. Between 1.2 and 1.5 it matters little on CACM; 0.9 costs a hundredth of MAP.</summary>
    public const float K1 = 1.2f;

    /// <summary>How much a long document is held against itself. From 0.4 to 0.75 it matters little.</summary>
    public const float B = 0.5f;

    private readonly TermTable _postings = new();
    private readonly AppendOnlyList<int> _lengths = new();

    /// <summary>The weighted length of a row, in terms.</summary>
    public int Length(int row) => _lengths[row];

    /// <summary>Adds the next row; one writer, rows in order.</summary>
    public void Add(int row, in TermCounts document)
    {
        for (var i = 0; i < document.Terms.Length; i++)
        {
            var list = _postings.Find(document.Terms[i]);
            if (list is null) _postings.Add(document.Terms[i], list = new PostingList());
            list.Add(row, document.Counts[i]);
        }
        _lengths.Add(document.Length);
    }

    /// <summary>Adds the lengths of the next rows, which have no terms.</summary>
    public void AddLengths(int length, int rows) => _lengths.AddMany(length, rows);

    /// <summary>The terms of the rows from one on, ascending; for the writer.</summary>
    public ulong[] TermsFrom(int row)
    {
        var terms = new ulong[_postings.All().Count(p => p.List.LastDocument >= row)];
        var count = 0;
        foreach (var (term, list) in _postings.All()) if (list.LastDocument >= row) terms[count++] = term;
        Array.Sort(terms);
        return terms;
    }

    /// <summary>The postings of a term that some row has.</summary>
    public PostingList Postings(ulong term) => _postings.Find(term) ?? throw new KeyNotFoundException($"No row has term {term:x}.");

    public bool Contains(ulong term) => Find(term) is not null;

    /// <summary>The postings of a term, or null when no row has it.</summary>
    public PostingList? Find(ulong term) => _postings.Find(term);
}
