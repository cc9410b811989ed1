using System.Buffers.Binary;
using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a segment. What is accepted can be searched, and is the same when it is written and read again.</summary>
internal sealed class SegmentTarget : FuzzTarget
{
    private const string Folder = "/segments";
    private static readonly Guid PoolId = new("01900000-0000-7000-8000-000000000001");

    public override string Name => "segment";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var table = Load(input);
        Outcome = $"accepted with {table.Lexical.TermsFrom(0).Length} terms";
        var once = Written(table);
        Require(once.AsSpan().SequenceEqual(Written(Load(once))), "a segment is written again as it was read");
        using var query = LexicalQuery.Of("linter tests lengths");
        var marks = new RowMark[table.RowCount];
        Array.Fill(marks, RowMark.Live | RowMark.Match);
        var hits = new TopHits(new Hit[4]);
        table.Lexical.Search(query, marks, table.RowCount, 10, ref hits);
        table.Spaces[1].Column.Search([1, 2, 3, 4], marks, ref hits);
    }

    public override void FixChecksums(Span<byte> input)
    {
        const int ChecksumAt = SegmentHeader.Bytes - 4;
        if (input.Length < SegmentHeader.Bytes) return;
        var bodyEnd = BinaryPrimitives.ReadInt64LittleEndian(input[48..]);
        var blocks = (bodyEnd - SegmentHeader.Bytes + SegmentHeader.BlockBytes - 1) / SegmentHeader.BlockBytes;
        if (bodyEnd >= SegmentHeader.Bytes && bodyEnd + (blocks * 4) == input.Length)
        {
            for (var block = 0; block < blocks; block++)
            {
                var start = SegmentHeader.Bytes + (block * SegmentHeader.BlockBytes);
                var length = (int)Math.Min(SegmentHeader.BlockBytes, bodyEnd - start);
                BinaryPrimitives.WriteUInt32LittleEndian(input[(int)(bodyEnd + (block * 4))..], Crc32C.Compute(input.Slice(start, length)));
            }
            BinaryPrimitives.WriteUInt32LittleEndian(input[56..], Crc32C.Compute(input[(int)bodyEnd..]));
        }
        BinaryPrimitives.WriteUInt32LittleEndian(input[ChecksumAt..], Crc32C.Compute(input[..ChecksumAt]));
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var plain = Written(Sample("plain"));
        var full = Written(Sample("full", null, "keyed", "full"));
        yield return ("empty", []);
        yield return ("plain", plain);
        yield return ("full", full);
        yield return ("erased", Written(Sample(null, null)));
        yield return ("header-only", full[..SegmentHeader.Bytes]);
        yield return ("cut", full[..^9]);
        yield return ("flipped", Changed(full, SegmentHeader.Bytes + 50, 4, fix: false));
        yield return ("no-mark", Changed(full, 0, 1));
        yield return ("newer-format", Changed(full, 8, 3));
        yield return ("newer-features", Changed(full, 12, 1));
        yield return ("other-rows", Changed(full, 40, 1));
        yield return ("other-erased", Changed(full, 44, 2));
        yield return ("other-words", Changed(full, 60, 2));
        yield return ("many-sections", Changed(full, 64, 64));
        yield return ("no-such-section", Changed(full, 72, 8));
        yield return ("section-elsewhere", Changed(full, 80, 64));
        yield return ("section-longer", Changed(full, 88, 1));
        for (var section = 0; section < 9; section++)
        {
            var at = (int)BinaryPrimitives.ReadInt64LittleEndian(full.AsSpan(80 + (section * 24)));
            yield return ($"section-{section}-changed", Changed(full, at, 0x40));
        }
    }

    private static RowTable Load(ReadOnlySpan<byte> bytes)
    {
        var disk = new SimulatedFileSystem();
        disk.WriteAll(SegmentFiles.PathOf(Folder, 1), bytes);
        var table = Empty();
        using var reader = SegmentReader.Open(disk, SegmentFiles.PathOf(Folder, 1));
        foreach (var _ in reader.Check())
        {
            // Reading on is what must stay harmless.
        }
        reader.Load(table);
        return table;
    }

    private static byte[] Written(RowTable table)
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Folder);
        SegmentWriter.Write(disk, Folder, 1, PoolId, table, 0);
        return disk.ReadAll(SegmentFiles.PathOf(Folder, 1));
    }

    private static RowTable Empty()
    {
        var table = new RowTable();
        table.Spaces.Declare(0, HashingEmbedder.Space);
        table.Spaces.Declare(1, RecordSeeds.Space);
        return table;
    }

    // A row for each record, and one that holds nothing where there is none.
    private static RowTable Sample(params string?[] records)
    {
        var table = Empty();
        foreach (var (i, name) in records.Index())
        {
            if (name is null)
            {
                table.AddErased(i + 3, 1);
                continue;
            }
            var bytes = RecordSeeds.Valid(name);
            RecordCodec.Place(bytes, new RecordPlace(i + 1, 0, i + 1, new Guid(i, 0, 0, new byte[8]), 1_760_000_000_000_000));
            _ = RecordReader.TryOpen(bytes, out var record, out _);
            table.Remember(i + 3, 0, record, RowDraft.Of(record, 0));
        }
        return table;
    }

    private byte[] Changed(byte[] segment, int at, byte bits, bool fix = true)
    {
        var changed = (byte[])segment.Clone();
        changed[at] ^= bits;
        if (fix) FixChecksums(changed);
        return changed;
    }
}
