using System.Buffers.Binary;
using System.Text;
using MemoryEngine.Index;
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
        foreach (var segment in loaded.Parts.Current.Segments)
        {
            var terms = new SegmentTerms(segment.Words);
            while (terms.MoveNext())
            {
                var rows = new int[terms.MostPostings];
                _ = terms.Read(rows, new int[rows.Length]);
                Assert.DoesNotContain(rows, r => loaded.Rows[r].IsErased);
            }
        }
    }

    [Fact]
    public void Every_flipped_bit_is_found_with_its_place()
    {
        var random = Seeded();
        var table = RandomTable.Empty();
        var info = Write(table, 700, random, 1);
        foreach (var name in SegmentFiles.NamesOf(info))
        {
            var path = Path.Combine(Directory, name);
            var bytes = _disk.ReadAll(path);
            // All that the header says, and of the zeros behind it, which the same checksum covers, every sixty-first.
            var bits = Enumerable.Range(0, SealedHeader.Bytes * 8).Where(b => b < 256 * 8 || b >= (SealedHeader.Bytes - 4) * 8 || b % 61 == 0)
                .Select(b => (long)b)
                .Concat(Enumerable.Range(1, Math.Max(0, (bytes.Length / 4096) - 1)).Select(page => (page * 4096L * 8) + random.Next(4096 * 8)))
                .Append((bytes.Length * 8) - 1);
            foreach (var bit in bits)
            {
                _disk.FlipBit(path, bit);
                // Every byte of the header and of the checksums is looked at when it is opened, others when they are touched.
                var e = Assert.ThrowsAny<MemoryEngineException>(() => TouchAll(Load([info])));
                if (bit >= SealedHeader.Bytes * 8)
                {
                    var found = Assert.Single(Check(path));
                    Assert.InRange(bit / 8, found.Offset, found.Offset + SealedHeader.BlockBytes);
                    Assert.Equal(path, Assert.IsType<CorruptionException>(e).File);
                }
                else
                {
                    Assert.ThrowsAny<MemoryEngineException>(() => Check(path));
                }
                _disk.FlipBit(path, bit);
            }
            foreach (var length in new[] { 0, 1, SealedHeader.Bytes - 1, SealedHeader.Bytes, bytes.Length / 2, bytes.Length - 1 })
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
        var sum = SealedHeader.Bytes - 4;
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
            var (segments, rows, written) = (new List<int>(), 0, 0L);
            for (var seal = 0; seal < 3_000; seal++)
            {
                segments.Add(random.Next(1, most + 1));
                (rows, written) = (rows + segments[^1], written + segments[^1]);
                while (SegmentPlan.Next([.. segments]) is { } range)
                {
                    var (start, count) = range.GetOffsetAndLength(segments.Count);
                    var merged = segments.GetRange(start, count).Sum();
                    segments.RemoveRange(start, count);
                    segments.Insert(start, merged);
                    written += merged;
                }
                Assert.True(segments.Count <= 3 * (1 + Math.Log(rows, 4)), $"{segments.Count} segments of {rows} rows");
            }
            Assert.True(written <= rows * (1 + Math.Log(3_000, 4)), $"{written} rows written for {rows}");
        }
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
        table.Parts.Freeze(table.RowCount);
        return SegmentWriter.Write(_disk, Directory, number, PoolId, table, from, table.RowCount - from);
    }

    private RowTable Load(IEnumerable<SegmentInfo> segments)
    {
        var table = RandomTable.Empty();
        foreach (var segment in segments)
        {
            using var reader = SegmentReader.Open(_disk, SegmentFiles.PathOf(Directory, segment.Number));
            reader.EnsureIs(segment, PoolId);
            reader.Load(table);
            table.Parts.AddKept(Segment.Open(_disk, Directory, PoolId, segment, table.Spaces));
        }
        return table;
    }

    private static void TouchAll(RowTable table)
    {
        foreach (var segment in table.Parts.Current.Segments)
        {
            var terms = new SegmentTerms(segment.Words);
            while (terms.MoveNext()) _ = terms.Read(new int[terms.MostPostings], new int[terms.MostPostings]);
            Assert.True(segment.Words.Lengths.Length >= 0);
            foreach (var vectors in segment.All) vectors.Verify();
        }
    }

    private List<CorruptionException> Check(string path)
    {
        var (bytes, problems) = SegmentReader.Check(_disk, SegmentFiles.KindOf(path)!, path);
        Assert.Equal(_disk.ReadAll(path).Length, bytes);
        return problems;
    }
}
