using System.Buffers.Binary;
using System.Text;
using MemoryEngine.Segments;
using MemoryEngine.Storage;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Segments;

/// <summary>Segments bring back what was written, to the last bit, or say where they are damaged.</summary>
public sealed class SegmentTests(ITestOutputHelper output)
{
    private const string Directory = "/pool/segments";
    private static readonly Guid PoolId = Guid.NewGuid();
    private readonly SimulatedFileSystem _disk = new();

    [Fact]
    public void Rows_in_any_number_of_segments_come_back_as_they_were()
    {
        var random = Seeded();
        for (var round = 0; round < 30; round++)
        {
            var table = RandomTable.Empty();
            var segments = new List<SegmentInfo>();
            while (segments.Count < 1 + random.Next(5)) segments.Add(Write(table, random.Next(1, 90), random, segments.Count + 1));
            RandomTable.AssertSame(table, Load(segments));
        }
    }

    [Fact]
    public void What_a_row_held_that_is_erased_is_not_in_the_file()
    {
        var table = RandomTable.Of(50, Seeded());
        table.AddErased(1_000, 1);
        var secret = RandomTable.Empty();
        RandomTable.Add(secret, new Random(1));
        var row = Enumerable.Range(0, 50).First(r => !table.Rows[r].IsErased && table.Names[table.Rows[r].Domain].Length > 0);
        var (id, hash) = (table.Rows[row].MemoryId, table.Rows[row].ContentHash);
        var domain = table.Names[table.Rows[row].Domain];
        for (var r = 0; r < 50; r++) if (table.Names[table.Rows[r].Domain] == domain) table.Rows[r].History = [];
        var info = Write(table, 0, null, 1, first: 0);
        var bytes = _disk.ReadAll(SegmentFiles.PathOf(Directory, 1));
        Span<byte> hashBytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(hashBytes, hash);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(domain)));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(hashBytes));
        var loaded = Load([info]);
        Assert.True(loaded.Rows[row].IsErased);
        Assert.Equal(Guid.Empty, loaded.Rows[row].MemoryId);
        Assert.NotEqual(Guid.Empty, id);
        foreach (var term in loaded.Lexical.TermsFrom(0))
            for (var cursor = loaded.Lexical.Postings(term).Read(); cursor.MoveNext();) Assert.False(loaded.Rows[cursor.Document].IsErased);
    }

    [Fact]
    public void Every_flipped_bit_is_found_with_its_place()
    {
        var random = Seeded();
        var table = RandomTable.Empty();
        var info = Write(table, 700, random, 1);
        var path = SegmentFiles.PathOf(Directory, 1);
        var bytes = _disk.ReadAll(path);
        Assert.True(bytes.Length > 3 * SegmentHeader.BlockBytes);
        var bits = Enumerable.Range(0, SegmentHeader.Bytes * 8).Select(b => (long)b)
            .Concat(Enumerable.Range(1, (bytes.Length / 4096) - 1).Select(page => (page * 4096L * 8) + random.Next(4096 * 8)))
            .Append((bytes.Length * 8) - 1);
        foreach (var bit in bits)
        {
            _disk.FlipBit(path, bit);
            // Every byte of the header and of the checksums is looked at before any row is.
            var e = Assert.ThrowsAny<MemoryEngineException>(() => Load([info]));
            if (bit >= SegmentHeader.Bytes * 8)
            {
                var found = Assert.Single(Check(path));
                Assert.InRange(bit / 8, found.Offset, found.Offset + SegmentHeader.BlockBytes);
                Assert.Equal(path, Assert.IsType<CorruptionException>(e).File);
            }
            else
            {
                Assert.ThrowsAny<MemoryEngineException>(() => Check(path));
            }
            _disk.FlipBit(path, bit);
        }
        foreach (var length in new[] { 0, 1, SegmentHeader.Bytes - 1, SegmentHeader.Bytes, bytes.Length / 2, bytes.Length - 1 })
        {
            _disk.WriteAll(path, bytes.AsSpan(0, length));
            Assert.Throws<CorruptionException>(() => Load([info]));
        }
        _disk.WriteAll(path, [.. bytes, 0]);
        Assert.Throws<CorruptionException>(() => Load([info]));
        _disk.WriteAll(path, bytes);
        RandomTable.AssertSame(table, Load([info]));
        Assert.Empty(Check(path));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void A_newer_one_is_refused_as_such(int offset)
    {
        var info = Write(RandomTable.Empty(), 3, Seeded(), 1);
        var path = SegmentFiles.PathOf(Directory, 1);
        var bytes = _disk.ReadAll(path);
        bytes[offset] += 4;
        var sum = SegmentHeader.Bytes - 4;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sum), Crc32C.Compute(bytes.AsSpan(0, sum)));
        _disk.WriteAll(path, bytes);
        var e = Assert.Throws<MemoryEngineException>(() => Load([info]));
        Assert.Equal(ErrorCode.NewerFormat, e.Code);
    }

    [Fact]
    public void Another_segment_of_the_same_name_is_refused()
    {
        var random = Seeded();
        var info = Write(RandomTable.Empty(), 20, random, 1);
        Write(RandomTable.Empty(), 20, random, 1);
        Assert.Throws<CorruptionException>(() => Load([info]));
    }

    [Fact]
    public void A_few_segments_of_each_size_hold_all_rows_and_none_is_written_often()
    {
        var random = Seeded();
        foreach (var most in new[] { 1, 10, 1_000 })
        {
            var (segments, rows, written) = (new List<SegmentInfo>(), 0, 0L);
            for (var checkpoint = 0; checkpoint < 3_000; checkpoint++)
            {
                rows += random.Next(1, most + 1);
                segments.RemoveRange(Stay(), segments.Count - Stay());
                var first = segments.Count == 0 ? 0 : segments[^1].EndRow;
                segments.Add(new SegmentInfo(1, first, rows - first, 0, 0, 0));
                written += rows - first;
                Assert.True(segments.Count <= 3 * (1 + Math.Log(rows, 4)), $"{segments.Count} segments of {rows} rows");
            }
            Assert.True(written <= rows * 2.0 * Math.Log(3_000, 4), $"{written} rows written for {rows}");

            int Stay() => SegmentPlan.Stay(segments, rows, static (_, _) => 0);
        }
    }

    [Fact]
    public void A_segment_with_a_row_erased_since_does_not_stay()
    {
        SegmentInfo[] segments = [new(1, 0, 100, 3, 0, 0), new(2, 100, 10, 0, 0, 0), new(3, 110, 5, 0, 0, 0)];
        Assert.Equal(3, SegmentPlan.Stay(segments, 115, (first, _) => first == 0 ? 3 : 0));
        Assert.Equal(0, SegmentPlan.Stay(segments, 115, static (_, _) => 4));
        Assert.Equal(1, SegmentPlan.Stay(segments, 115, (first, _) => first == 0 ? 3 : first == 100 ? 1 : 0));
    }

    private Random Seeded()
    {
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        return new Random(TestSeed.Value);
    }

    private SegmentInfo Write(RowTable table, int more, Random? random, int number, int? first = null)
    {
        var from = first ?? table.RowCount;
        for (var i = 0; i < more; i++) RandomTable.Add(table, random!);
        _disk.CreateDirectory(Directory);
        return SegmentWriter.Write(_disk, Directory, number, PoolId, table, from);
    }

    private RowTable Load(IEnumerable<SegmentInfo> segments)
    {
        var table = RandomTable.Empty();
        foreach (var segment in segments)
        {
            using var reader = SegmentReader.Open(_disk, SegmentFiles.PathOf(Directory, segment.Number));
            reader.EnsureIs(segment, PoolId);
            reader.Load(table);
        }
        return table;
    }

    private List<CorruptionException> Check(string path)
    {
        using var reader = SegmentReader.Open(_disk, path);
        return [.. reader.Check()];
    }
}
