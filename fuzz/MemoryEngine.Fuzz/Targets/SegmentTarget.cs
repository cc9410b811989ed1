using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a segment. What is accepted can be searched, and its rows are the same when they are written and read again.</summary>
internal sealed class SegmentTarget : SealedTarget
{
    private const int Sections = 6;

    public override string Name => "segment";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var table = Load(input);
        Search(table);
        byte[] once;
        try
        {
            once = Written(table);
        }
        catch (InvalidDataException)
        {
            // Right checksums over lists that no engine writes: told when they are walked.
            Outcome = "accepted with other words";
            return;
        }
        Outcome = $"accepted with {table.RowCount} rows";
        var again = Load(once);
        Require(once.AsSpan().SequenceEqual(Written(again)), "a segment is written again as it was read");
        again.Parts.Dispose();
        table.Parts.Dispose();
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("plain", Written(Sample("plain")));
        yield return ("erased", Written(Sample(null, null)));
        // Long enough lists have blocks.
        yield return ("many", Written(Sample([.. Enumerable.Repeat("full", 300)])));
        foreach (var variation in Variations(Written(Sample("full", null, "keyed", "full")), Sections)) yield return variation;
    }

    private static RowTable Load(ReadOnlySpan<byte> bytes)
    {
        var disk = new SimulatedFileSystem();
        var path = SegmentFiles.PathOf(Folder, 1);
        disk.WriteAll(path, bytes);
        // Reading on behind the first damage is what must stay harmless.
        _ = SegmentReader.Check(disk, SealedKind.Segment, path);
        var table = Empty();
        SegmentInfo info;
        using (var reader = SegmentReader.Open(disk, path))
        {
            reader.Load(table);
            var header = reader.Header;
            var page = bytes[..SealedHeader.Bytes];
            info = new SegmentInfo(1, header.FirstRow, header.Rows, header.EmptyRows, header.FileBytes, SealedHeader.Checksum(page), []);
        }
        table.Parts.AddKept(Segment.Open(disk, Folder, PoolId, info, table.Spaces));
        table.Settle(View.Empty, 1, new LiveRows(table.RowCount, 10));
        table.Publish(long.MaxValue - 1);
        return table;
    }

    private static void Search(RowTable table)
    {
        using var query = LexicalQuery.Of("linter tests lengths");
        using var rows = QueryRows.Of(table, table.Current, new RecallQuery { Text = "linter" }, 0);
        var hits = new TopHits(new Hit[4]);
        PartSearch.Words(table.Parts.Current, query, rows, table.Current.Live, ref hits);
    }

    private static byte[] Written(RowTable table)
    {
        var (disk, info) = Write(table);
        return disk.ReadAll(SegmentFiles.PathOf(Folder, info.Number));
    }
}
