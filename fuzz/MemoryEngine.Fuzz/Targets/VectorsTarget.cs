using System.Buffers.Binary;
using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as the vectors of a segment in a space. What is accepted can be searched, and each vector stands for a row.</summary>
internal sealed class VectorsTarget : SealedTarget
{
    private const int Space = 1;

    public override string Name => "vectors";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var disk = new SimulatedFileSystem();
        var path = SegmentFiles.VectorsPathOf(Folder, 1, Space);
        disk.WriteAll(path, input);
        _ = SegmentReader.Check(disk, SealedKind.Vectors, path);
        var header = SealedHeader.Read(SealedKind.Vectors, input[..Math.Min(input.Length, SealedHeader.Bytes)], path, input.Length);
        var info = new SegmentInfo(1, header.FirstRow, header.Rows, 0, 0, 0, []);
        var named = new VectorsInfo(
            Space, header.Revision, header.Rows - header.EmptyRows, header.FileBytes, SealedHeader.Checksum(input[..SealedHeader.Bytes]), 0);
        using var vectors = SegmentVectors.Open(disk, path, PoolId, info, named, RecordSeeds.Space);
        Outcome = $"accepted with {vectors.Count} vectors";
        var found = 0;
        for (var row = header.FirstRow; row < header.FirstRow + header.Rows; row++)
            if (vectors.TryFind(row, out var vector))
            {
                found++;
                Require(vector.Length == RecordSeeds.Space.Dimension, "a vector is as long as its space says");
            }
        Require(found == vectors.Count, $"{found} rows have a vector, of {vectors.Count}");
        var match = new ulong[BitWords.WordsFor(Math.Min(header.FirstRow + header.Rows, 1 << 20))];
        match.AsSpan().Fill(ulong.MaxValue);
        var hits = new TopHits(new Hit[4]);
        var candidates = new CodeCandidates(new Hit[CodeCandidates.RoomFor(RecordSeeds.Space.Dimension, hits.Room)]);
        vectors.Search([1, 2, 3, 4], match, 10, ref candidates, ref hits, out _);
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var full = Written(Sample("full", null, "keyed", "full"));
        yield return ("dense", Written(Sample("full", "full")));
        foreach (var variation in Variations(full, 2)) yield return variation;
        var rows = (int)BinaryPrimitives.ReadInt64LittleEndian(full.AsSpan(80));
        yield return ("row-outside", Changed(full, rows, 0x10));
        yield return ("row-twice", Changed(full, rows + 4, 3));
    }

    private static byte[] Written(RowTable table)
    {
        var (disk, info) = Write(table);
        return disk.ReadAll(SegmentFiles.VectorsPathOf(Folder, info.Number, Space));
    }
}
