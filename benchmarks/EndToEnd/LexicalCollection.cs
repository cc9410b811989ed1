using System.IO.Compression;
using System.Text.Json;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>Rows as distinct terms with their frequencies, and queries against them.</summary>
internal sealed class LexicalCollection
{
    private readonly List<(ulong Term, int Frequency)[]> _rows = [];
    private readonly List<int> _lengths = [];

    public int Rows => _rows.Count;

    public long Postings => _rows.Sum(r => (long)r.Length);

    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Queries by what they are called.</summary>
    public Dictionary<string, List<ulong[]>> Queries { get; } = [];

    /// <summary>
    /// Words by the law of Zipf and Mandelbrot: the most frequent is in a third of the rows, half of all words in one. A row
    /// has 60 of them on average; queries are drawn like rows, the worst case for a search that hopes for a few rare words.
    /// </summary>
    public static LexicalCollection Synthetic(int rows)
    {
        const int Vocabulary = 2_000_000;
        var collection = new LexicalCollection();
        var random = new Random(20_261);
        var cumulative = new double[Vocabulary];
        for (var rank = 0; rank < Vocabulary; rank++)
            cumulative[rank] = (rank == 0 ? 0 : cumulative[rank - 1]) + (1 / Math.Pow(rank + 20, 1.05));
        var counts = new Dictionary<ulong, int>();
        for (var row = 0; row < rows; row++)
        {
            counts.Clear();
            // Few rows are much longer than most.
            for (var left = 12 + (int)(-65 * Math.Log(1 - random.NextDouble())); left > 0; left--)
            {
                var term = Draw();
                // A word that was said once is soon said again.
                var times = random.Next(4) == 0 ? 1 + random.Next(4) : 1;
                counts[term] = counts.GetValueOrDefault(term) + times;
            }
            collection.Add(counts.Select(c => (c.Key, c.Value)).ToArray());
        }
        foreach (var size in new[] { 250, 10 }) collection.Queries[$"{size} terms"] = [.. Enumerable.Range(0, 300).Select(_ => Query(size))];
        return collection;

        ulong Draw()
        {
            var at = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
            return TextAnalyzer.Hash($"w{(at < 0 ? ~at : at)}");
        }

        ulong[] Query(int size)
        {
            var terms = new HashSet<ulong>();
            while (terms.Count < size) terms.Add(Draw());
            return [.. terms];
        }
    }

    /// <summary>The shared memories, again and again, and the shared tasks as queries: their whole texts, and their titles.</summary>
    public static LexicalCollection Real(string data, int rows)
    {
        var collection = new LexicalCollection();
        var memories = Read(Path.Combine(data, "memories")).Select(RowOf).ToList();
        // Whatever is next to a row is not so in the next copy: copies differ by the order of their rows.
        for (var row = 0; row < rows; row++) collection.Add(memories[(int)((row + (row / memories.Count * 7919L * row)) % memories.Count)]);
        var tasks = Read(Path.Combine(data, "tasks"));
        collection.Queries["task texts"] = [.. tasks.Select(t => TermsOf(t.GetProperty("text").GetString()!))];
        collection.Queries["task titles"] = [.. tasks.Select(t => TermsOf(t.GetProperty("title").GetString()!))];
        return collection;

        static ulong[] TermsOf(string text)
        {
            using var counts = TermCounts.Of(text);
            return counts.Terms.ToArray();
        }
    }

    /// <summary>Writes some rows as a segment.</summary>
    public NativeWords Seal(int first, int end)
    {
        var lists = new Dictionary<ulong, List<(int Row, int Frequency)>>();
        for (var row = first; row < end; row++)
        {
            foreach (var (term, frequency) in _rows[row])
            {
                if (!lists.TryGetValue(term, out var list)) lists.Add(term, list = []);
                list.Add((row - first, frequency));
            }
        }
        var words = new NativeWords(first, [.. _lengths[first..end]]);
        foreach (var (term, list) in lists.OrderBy(l => l.Key))
            words.Writer.Add(term, [.. list.Select(p => p.Row)], [.. list.Select(p => p.Frequency)]);
        words.Finish();
        return words;
    }

    private static List<JsonElement> Read(string directory)
    {
        var items = new List<JsonElement>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (lines.ReadLine() is { } line) items.Add(JsonElement.Parse(line));
        }
        return items;
    }

    private static (ulong Term, int Frequency)[] RowOf(JsonElement memory)
    {
        // As the engine weighs them.
        var builder = new TermCounts.Builder { Weight = 2 };
        foreach (var field in new[] { "title", "key", "text" })
        {
            if (field == "text") builder.Weight = 1;
            if (memory.TryGetProperty(field, out var value)) TextAnalyzer.Analyze(value.GetString(), ref builder);
        }
        using var counts = builder.Build();
        var row = new (ulong, int)[counts.Terms.Length];
        for (var i = 0; i < row.Length; i++) row[i] = (counts.Terms[i], counts.Counts[i]);
        return row;
    }

    private void Add((ulong Term, int Frequency)[] row)
    {
        _rows.Add(row);
        _lengths.Add(row.Sum(t => t.Frequency));
    }
}
