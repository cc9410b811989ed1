using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>Damage is refused with the file and the place, or does no harm; it never shortens the history in silence.</summary>
public sealed class JournalDamageTests
{
    private const int FileBytes = 5_500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flipped_bit_is_refused_where_it_is_or_does_no_harm(bool closed)
    {
        var disk = ThreeFiles(closed);
        var expected = JournalDisk.Ids(disk, out var whole);
        Assert.Equal(3, whole.LastFile);
        Assert.Equal(closed, whole.ClosedCleanly);
        var (lastPieces, _) = JournalDisk.Map(disk, 3);
        var lastBatch = lastPieces.Last(p => p.Kind == JournalDisk.PieceKind.BatchHeader && p.Frames > 0);
        var (refused, torn) = (0, 0);
        for (var file = 1; file <= 3; file++)
        {
            foreach (var bit in BitsToFlip(disk, file).ToList())
            {
                var mayTear = !closed && file == 3 && bit / 8 >= lastBatch.Offset;
                disk.FlipBit(JournalDisk.PathOf(file), bit);
                if (!CheckFlip(disk, file, bit, expected, lastBatch.Frames, mayTear)) refused++;
                else torn++;
                disk.FlipBit(JournalDisk.PathOf(file), bit);
            }
        }
        Assert.True(refused > 4_000, $"only {refused} flips were refused");
        Assert.True(torn < refused, $"{torn} flips passed, {refused} were refused");
        Assert.Equal(expected, JournalDisk.Ids(disk, out _));
    }

    [Fact]
    public void A_last_batch_cut_at_any_length_is_reported_and_all_before_it_stays()
    {
        var disk = JournalDisk.New();
        using (var writer = JournalDisk.Create(disk, 1 << 20))
        {
            JournalDisk.Batch(writer, sync: true, (1, 30), (2, 100));
            JournalDisk.Batch(writer, sync: true, (3, 50), (4, 0), (5, 77));
        }
        var (pieces, end) = JournalDisk.Map(disk, 1);
        var start = pieces.Last(p => p.Kind == JournalDisk.PieceKind.BatchHeader).Offset;
        // The zeros that pad the last payload are what a preallocated file has there anyway.
        var lastByte = disk.ReadAll(JournalDisk.PathOf(1)).AsSpan(0, (int)end).LastIndexOfAnyExcept((byte)0);
        for (var length = start; length <= lastByte; length++)
        {
            var cut = disk.AfterProcessKill();
            cut.Truncate(JournalDisk.PathOf(1), length);
            // As a preallocated file would: zeros follow.
            if (length % 2 == 0) Grow(cut, JournalDisk.PathOf(1), end + 1_000);
            Assert.Equal([1, 2], JournalDisk.Ids(cut, out var scan));
            Assert.Equal(length > start, scan.Torn is not null);
            if (scan.Torn is { } torn) Assert.Equal((JournalDisk.PathOf(1), start), (torn.File, torn.Offset));
            using (var writer = JournalDisk.Reopen(cut, 1 << 20)) JournalDisk.Batch(writer, sync: true, (6, 10));
            Assert.Equal([1, 2, 6], JournalDisk.Ids(cut, out var again));
            Assert.Null(again.Torn);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_missing_file_is_refused_by_its_name(int file)
    {
        var disk = ThreeFiles(closed: true);
        disk.Delete(JournalDisk.PathOf(file));
        var e = Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _));
        Assert.Equal(JournalDisk.PathOf(file), e.File);
    }

    [Fact]
    public void A_missing_first_file_is_refused_by_its_name()
    {
        var disk = ThreeFiles(closed: true);
        disk.Delete(JournalDisk.PathOf(1));
        var e = Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _));
        Assert.Equal(JournalDisk.PathOf(1), e.File);
    }

    [Fact]
    public void No_file_at_all_is_refused()
    {
        var e = Assert.Throws<CorruptionException>(() => JournalDisk.Ids(JournalDisk.New(), out _));
        Assert.Contains(JournalFormat.FileName(1), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_change_places_or_come_from_another_pool_are_refused()
    {
        var disk = ThreeFiles(closed: true);
        var (second, third) = (disk.ReadAll(JournalDisk.PathOf(2)), disk.ReadAll(JournalDisk.PathOf(3)));
        disk.WriteAll(JournalDisk.PathOf(2), third);
        disk.WriteAll(JournalDisk.PathOf(3), second);
        Assert.Equal(JournalDisk.PathOf(2), Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _)).File);

        disk = ThreeFiles(closed: true);
        var other = JournalDisk.New();
        using (var writer = JournalWriter.Create(other, JournalDisk.Directory, Guid.NewGuid(), 4_096, TimeProvider.System))
        {
            for (var i = 1; i < 4; i++) JournalDisk.Batch(writer, sync: true, (i, 10));
        }
        disk.WriteAll(JournalDisk.PathOf(2), other.ReadAll(JournalDisk.PathOf(2)));
        Assert.Equal(JournalDisk.PathOf(2), Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _)).File);
    }

    [Fact]
    public void A_file_made_ready_and_never_used_is_put_away()
    {
        var disk = JournalDisk.New();
        using (var writer = JournalDisk.Create(disk, 4_100)) JournalDisk.Batch(writer, sync: true, (1, 10));
        var rolling = disk.AfterProcessKill();
        using (var writer = JournalDisk.Reopen(rolling, 4_100)) JournalDisk.Batch(writer, sync: true, (2, 10));
        // The next file appeared, and the crash came before the first one was sealed.
        disk.WriteAll(JournalDisk.PathOf(2), rolling.ReadAll(JournalDisk.PathOf(2)).AsSpan(0, JournalFormat.HeaderBytes));
        Assert.Equal([1], JournalDisk.Ids(disk, out var scan));
        Assert.Equal((1, 2), (scan.LastFile, scan.SpareFile));
        using (var writer = JournalDisk.Reopen(disk, 1 << 20)) JournalDisk.Batch(writer, sync: true, (3, 10));
        Assert.Equal([1, 3], JournalDisk.Ids(disk, out scan));
        Assert.Null(scan.SpareFile);
        // One that holds something is no spare.
        disk.WriteAll(JournalDisk.PathOf(2), rolling.ReadAll(JournalDisk.PathOf(2)));
        Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _));
    }

    [Theory]
    [InlineData(8, 4u)]
    [InlineData(8, uint.MaxValue)]
    [InlineData(24, 1u)]
    [InlineData(24, 0x8000_0000u)]
    public void A_newer_format_or_an_unknown_feature_is_refused_as_such(int offset, uint value)
    {
        var disk = ThreeFiles(closed: true);
        var bytes = disk.ReadAll(JournalDisk.PathOf(2));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
        disk.WriteAll(JournalDisk.PathOf(2), bytes);
        var e = Assert.Throws<MemoryEngineException>(() => JournalDisk.Ids(disk, out _));
        Assert.Equal(ErrorCode.NewerFormat, e.Code);
    }

    // True when the journal was read all the same.
    private static bool CheckFlip(SimulatedFileSystem disk, int file, long bit, List<int> expected, int tearable, bool mayTear)
    {
        try
        {
            var ids = JournalDisk.Ids(disk, out var scan);
            if (ids.Count == expected.Count) return true;
            Assert.True(mayTear, $"bit {bit} of file {file}: {expected.Count - ids.Count} frames are missing in silence");
            Assert.NotNull(scan.Torn);
            Assert.Equal(expected[..^tearable], ids);
            return true;
        }
        catch (CorruptionException e)
        {
            Assert.Equal(JournalDisk.PathOf(file), e.File);
            Assert.True(e.Offset <= bit / 8, $"bit {bit} of file {file} was reported at {e.Offset}");
            return false;
        }
    }

    private static IEnumerable<long> BitsToFlip(SimulatedFileSystem disk, int file)
    {
        var (pieces, end) = JournalDisk.Map(disk, file);
        foreach (var piece in pieces)
            for (var bit = piece.Offset * 8; bit < (piece.Offset + piece.Length) * 8; bit++) yield return bit;
        for (var at = 64L; at < end; at += 64) yield return (at * 8) + (at / 64 % 8);
    }

    private static SimulatedFileSystem ThreeFiles(bool closed)
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, FileBytes);
        for (var i = 0; i < 3; i++) JournalDisk.Batch(writer, sync: true, (2 * i, 300), ((2 * i) + 1, 250 * i));
        JournalDisk.Batch(writer, sync: true, (6, 1_500));
        JournalDisk.Batch(writer, sync: true, (7, 100));
        JournalDisk.Batch(writer, sync: true, (8, 61), (9, 1));
        if (closed) writer.Close();
        return disk;
    }

    private static void Grow(SimulatedFileSystem disk, string path, long length)
    {
        using var file = disk.Open(path, FileOpening.ReadWrite);
        file.SetLength(length);
        file.Sync();
    }
}
