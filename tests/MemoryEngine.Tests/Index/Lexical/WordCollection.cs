using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>Rows of random words, some in nearly every row and most in few, and any cut of them into segments and a memtable.</summary>
internal sealed class WordCollection
{
    private readonly SortedDictionary<int, int>[] _rows;

    public WordCollection(Random random, int rows, int vocabulary, int wordsPerRow)
    {
        _rows = [.. Enumerable.Range(0, rows).Select(_ => Row(random, vocabulary, wordsPerRow))];
        Lengths = [.. _rows.Select(r => r.Values.Sum())];
    }

    public int Rows => _rows.Length;

    public int[] Lengths { get; }

    public static ulong Term(int word) => TextAnalyzer.Hash(Word(word));

    public int Frequency(int row, int word) => _rows[row].GetValueOrDefault(word);

    /// <summary>The lists of some rows, counted from the first of them.</summary>
    public IEnumerable<(ulong Term, int[] Rows, int[] Frequencies)> Lists(int first, int end) =>
        from row in Enumerable.Range(first, end - first)
        from word in _rows[row]
        group (Row: row - first, Frequency: word.Value) by word.Key into list
        orderby Term(list.Key)
        select (Term(list.Key), list.Select(p => p.Row).ToArray(), list.Select(p => p.Frequency).ToArray());

    public (SealedWords Words, SegmentPostings Postings) Seal(int first, int end) =>
        SealedWords.Write(first, Lengths[first..end], Lists(first, end));

    /// <summary>The words of the rows from one on, as they are in memory.</summary>
    public LexicalIndex Memtable(int first)
    {
        var index = new LexicalIndex();
        for (var row = first; row < Rows; row++)
        {
            using var terms = TermCounts.Of(string.Join(' ', _rows[row].SelectMany(w => Enumerable.Repeat(Word(w.Key), w.Value))));
            Assert.Equal((_rows[row].Count, Lengths[row]), (terms.Terms.Length, terms.Length));
            index.Add(row - first, terms);
        }
        return index;
    }

    // Letters of which no plural and no stop word can be made.
    private static string Word(int word) => string.Concat($"{word:D6}".Select(c => "bcdfgklmpt"[c - '0']));

    private static SortedDictionary<int, int> Row(Random random, int vocabulary, int words)
    {
        var row = new SortedDictionary<int, int>();
        for (var i = random.Next(2 * words); i > 0; i--)
        {
            var word = (int)(vocabulary * Math.Pow(random.NextDouble(), 4));
            row[word] = row.GetValueOrDefault(word) + (random.Next(50) == 0 ? random.Next(1, 400) : 1);
        }
        return row;
    }
}
