using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Segments;

/// <summary>
/// Tables of random rows, and a comparison that leaves nothing out but positions and deaths: what happens to a row after
/// its birth is the manifest's to keep.
/// </summary>
internal static class RandomTable
{
    public static readonly VectorSpace Second = new("code", 4, Metric.L2, "test", "1", "code");
    private static readonly string[] Words = [.. Enumerable.Range(0, 60).Select(i => $"word{i}")];

    public static RowTable Empty()
    {
        var table = new RowTable();
        table.Spaces.Declare(0, HashingEmbedder.Space);
        table.Spaces.Declare(1, Second);
        return table;
    }

    public static RowTable Of(int rows, Random random)
    {
        var table = Empty();
        for (var row = 0; row < rows; row++) Add(table, random);
        return table;
    }

    public static void Add(RowTable table, Random random)
    {
        var sequence = table.RowCount == 0 ? 1 : table.Rows[table.RowCount - 1].Birth + random.Next(1, 4);
        if (random.Next(12) == 0)
        {
            table.AddErased(sequence, 1);
            return;
        }
        var draft = new MemoryDraft
        {
            Text = string.Join(' ', Enumerable.Range(0, random.Next(1, 120)).Select(_ => Words[random.Next(Words.Length)])),
            Domain = random.Next(3) == 0 ? "" : $"domain/{random.Next(5)}",
            Model = random.Next(2) == 0 ? null : $"model {random.Next(3)}",
            License = random.Next(4) == 0 ? "MIT" : null,
            Contributor = random.Next(4) == 0 ? "someone" : null,
            Task = random.Next(2) == 0 ? null : $"task {random.Next(4)}",
            Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => $"tag {random.Next(4)}").Distinct()],
            Requires = random.Next(2) == 0
                ? MemoryDraft.EmptyRequires
                : new Dictionary<string, string> { ["os"] = "linux", ["language"] = $"l{random.Next(3)}" },
            Level = (MemoryLevel)random.Next(1, 5),
            Format = (MemoryFormat)random.Next(1, 5),
            Result = (TaskResult)random.Next(3),
            ExpiresAt = random.Next(5) == 0 ? DateTimeOffset.UnixEpoch.AddDays(30_000) : null,
            Vectors = random.Next(3) == 0
                ? new Dictionary<string, ReadOnlyMemory<float>> { ["code"] = new[] { random.NextSingle(), 1f, -0f, 1e-30f } }
                : MemoryDraft.EmptyVectors,
        };
        using var writer = new ByteWriter();
        RecordCodec.Encode(draft, static _ => 1, null, 0, writer);
        var id = new Guid(random.Next(1, 40), 0, 0, new byte[8]);
        var version = table.FindNewest(id) is >= 0 and var newest ? table.Rows[newest].Version + 1 : 1;
        RecordCodec.Place(writer.Written, new RecordPlace(table.RowCount + 1, 0, version, id, 1_760_000_000_000_000 + sequence));
        Assert.True(RecordReader.TryOpen(writer.Written, out var record, out _));
        table.Remember(sequence, 77, record, RowDraft.Of(record, 0));
    }

    public static void AssertSame(RowTable expected, RowTable found)
    {
        Assert.Equal(expected.RowCount, found.RowCount);
        for (var row = 0; row < expected.RowCount; row++)
        {
            var (e, f) = (expected.Rows[row], found.Rows[row]);
            Assert.Equal(Values(expected, e), Values(found, f));
            if (!expected.Rows[row].IsErased) Assert.Equal(expected.Lengths[row], found.Lengths[row]);
        }
        var (words, foundWords) = (PostingsOf(expected), PostingsOf(found));
        Assert.Equal(words.Keys, foundWords.Keys);
        foreach (var (term, postings) in words) Assert.Equal(postings, foundWords[term]);
        for (var space = 0; space < expected.Spaces.Count; space++) Assert.Equal(Vectors(expected, space), Vectors(found, space));
    }

    private static object Values(RowTable table, Row row) => (
        (row.MemoryId, row.ContentHash, row.Birth, row.CreatedMicroseconds, row.ExpiresMicroseconds),
        (row.TaskHash, row.Previous, row.Version, row.Level, row.Format, row.Result, row.IsErased),
        (table.Names[row.Domain], table.Names[row.Model], table.Names[row.Language], table.Names[row.License], table.Names[row.Contributor]),
        string.Join('|', table.TagSets[row.Tags]),
        string.Join('|', table.RequireSets[row.Requires].OrderBy(r => r.Key, StringComparer.Ordinal)),
        string.Join('|', row.History ?? []));

    /// <summary>The postings of all parts, erased rows left out.</summary>
    public static SortedDictionary<ulong, List<(int Row, int Frequency)>> PostingsOf(RowTable table)
    {
        var words = new SortedDictionary<ulong, List<(int, int)>>();
        var parts = table.Parts.Current;
        foreach (var segment in parts.Segments) Add(new SegmentTerms(segment.Words));
        foreach (var mended in parts.Mended) Add(new MemtableTerms(mended.Rows.Words, 0, mended.FirstRow));
        foreach (var memtable in parts.Memtables) Add(new MemtableTerms(memtable.Words, 0, memtable.FirstRow));
        foreach (var postings in words.Values) postings.Sort();
        return words;

        void Add(IPostingSource source)
        {
            while (source.MoveNext())
            {
                var (rows, frequencies) = (new int[source.MostPostings], new int[source.MostPostings]);
                var count = source.Read(rows, frequencies);
                for (var i = 0; i < count; i++)
                {
                    if (table.Rows[source.FirstRow + rows[i]].IsErased) continue;
                    if (!words.TryGetValue(source.Term, out var postings)) words.Add(source.Term, postings = []);
                    postings.Add((source.FirstRow + rows[i], frequencies[i]));
                }
            }
        }
    }

    private static List<(int, string)> Vectors(RowTable table, int space)
    {
        var vectors = new List<(int, string)>();
        for (var row = 0; row < table.RowCount; row++)
            if (!table.Rows[row].IsErased && table.Parts.Current.TryFind(space, row, out var vector))
                vectors.Add((row, string.Join(' ', vector.ToArray().Select(BitConverter.SingleToInt32Bits))));
        return vectors;
    }
}
