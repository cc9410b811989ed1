using System.Buffers.Binary;
using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>What the targets of sealed files share: how to put such a file right after a change, and tables to make them of.</summary>
internal abstract class SealedTarget : FuzzTarget
{
    protected const string Folder = "/segments";
    protected static readonly Guid PoolId = new("01900000-0000-7000-8000-000000000001");

    public override void FixChecksums(Span<byte> input)
    {
        const int ChecksumAt = SealedHeader.Bytes - 4;
        if (input.Length < SealedHeader.Bytes) return;
        var bodyEnd = BinaryPrimitives.ReadInt64LittleEndian(input[48..]);
        var blocks = (bodyEnd - SealedHeader.Bytes + SealedHeader.BlockBytes - 1) / SealedHeader.BlockBytes;
        if (bodyEnd >= SealedHeader.Bytes && bodyEnd + (blocks * 4) == input.Length)
        {
            for (var block = 0; block < blocks; block++)
            {
                var start = SealedHeader.Bytes + (block * SealedHeader.BlockBytes);
                var length = (int)Math.Min(SealedHeader.BlockBytes, bodyEnd - start);
                BinaryPrimitives.WriteUInt32LittleEndian(input[(int)(bodyEnd + (block * 4))..], Crc32C.Compute(input.Slice(start, length)));
            }
            BinaryPrimitives.WriteUInt32LittleEndian(input[56..], Crc32C.Compute(input[(int)bodyEnd..]));
        }
        BinaryPrimitives.WriteUInt32LittleEndian(input[ChecksumAt..], Crc32C.Compute(input[..ChecksumAt]));
    }

    /// <summary>A valid file, and what changes of one byte make of it.</summary>
    protected IEnumerable<(string Name, byte[] Bytes)> Variations(byte[] full, int sections)
    {
        yield return ("empty", []);
        yield return ("full", full);
        yield return ("header-only", full[..SealedHeader.Bytes]);
        yield return ("cut", full[..^9]);
        yield return ("flipped", Changed(full, SealedHeader.Bytes + 50, 4, fix: false));
        yield return ("no-mark", Changed(full, 0, 1));
        yield return ("newer-format", Changed(full, 8, 4));
        yield return ("newer-features", Changed(full, 12, 1));
        yield return ("other-rows", Changed(full, 40, 1));
        yield return ("other-empty", Changed(full, 44, 2));
        yield return ("other-revision", Changed(full, 60, 2));
        yield return ("many-sections", Changed(full, 64, 64));
        yield return ("other-dimension", Changed(full, 68, 2));
        yield return ("no-such-section", Changed(full, 72, 64));
        yield return ("section-elsewhere", Changed(full, 80, 64));
        yield return ("section-longer", Changed(full, 88, 1));
        for (var section = 0; section < sections; section++)
        {
            var at = (int)BinaryPrimitives.ReadInt64LittleEndian(full.AsSpan(80 + (section * 24)));
            yield return ($"section-{section}-changed", Changed(full, at, 0x40));
        }
    }

    protected static RowTable Empty()
    {
        var table = new RowTable();
        table.Spaces.Declare(0, HashingEmbedder.Space);
        table.Spaces.Declare(1, RecordSeeds.Space);
        return table;
    }

    /// <summary>A row for each record, and one that holds nothing where there is none; frozen, so that it can be written.</summary>
    protected static RowTable Sample(params string?[] records)
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
        table.Parts.Freeze(table.RowCount);
        return table;
    }

    /// <summary>Writes all rows of a table; returns the disk they are on.</summary>
    protected static (SimulatedFileSystem Disk, SegmentInfo Info) Write(RowTable table)
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Folder);
        return (disk, SegmentWriter.Write(disk, Folder, 1, PoolId, table, 0, table.RowCount));
    }

    protected byte[] Changed(byte[] file, int at, byte bits, bool fix = true)
    {
        var changed = (byte[])file.Clone();
        changed[at] ^= bits;
        if (fix) FixChecksums(changed);
        return changed;
    }
}
