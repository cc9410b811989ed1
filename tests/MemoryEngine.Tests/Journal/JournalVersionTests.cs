using System.Buffers.Binary;
using System.IO.Compression;
using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>Journals of format 1 are read for ever, and go on in files of format 2.</summary>
public sealed class JournalVersionTests
{
    // Two files as the engine wrote them when format 1 was the newest, deflated: nine events, cleanly closed.
    private const string OfFormat1 =
        "7ZhPSBRRHMffm53dHWfT1MC6GINC9Ie0hQrz4p/QSNwOYkQh0ezs29lpx5llZtYWItOkS4fw4qlD0KkCo4sa0WHNS0F60oMXPYi0" +
        "QXlJIkSoefPH3RWTjh5+H3jsj9/7/t6832+Xgf3GumI9fdd6eYwQoguho7dQGQsbU+0hhMdpnEEjbtKRbm0+xAgAAAAAAAAAAAAA" +
        "gANPrKuzf+cPvU3AXnkaVBc1SzeqTrZ4Gl/39fZH1qnbwxfYH9dPaLQjxluURM8854UYsxbJWTWDZJBosqKR5pRophRNxlFnwxHV" +
        "ebUBr6hhu7DhXoBFmJX0BLG1pmWX0LjYJ+vpae1b+7aFkj6HGw+/Z7B7pq+Ln3jnKHCAxXiPBnf1z/v9IdQZVi5UoOBwYV0a5Y5k" +
        "FqwB/nP9y506Pi5KaaIlmmWdYaxooPJyikhpQbVbtlImW58RDdPu2UuczRgkqeRIQlC0TNYKnr5izE3PPSdCxpj7kCRaq/BtYmZt" +
        "dEKIk6RuEEFUVV0SLfuAphAeDGOJw2ZFIHa1n8cij+ORCKeKmpwVZSLrEY7RTVXRsrlDtbS9kTbvjvQzXxm+3yA2tEYfuDnDm3nQ" +
        "n9nkmRVvPs5smP3nEynOx0VuX734qvru5B0teX0rNM37+aDQl9UEK0UE+2YWMfzGaIZ+sWZT8fdLnxna9dx8bTEe6/z9JFbic1F9" +
        "ofb/fa61F8efwZsCAAAAAAAAAAAAAA4+vv/j+wTUA8jToMT/WZsf2DSR62/4upuntr84RgDLlvlNvg/0b//H5c/Y67qV2Y7ZxZnV" +
        "N4tPf035+WB9h6DqUlpIKioRzKwxpAwRUxAFyRDNVFMVk446umPI9aLCXl3fZPdj//57PD/i98mV9En3Sn2uyqXlH/TcYInuXuDn" +
        "9/3ObfFmUuHtP1rPnXf6EGVR0S6dK5/27mrMcjt77nzoPbE7sDLGa4pxb1v3p78=";
    [Fact]
    public void A_journal_that_an_older_engine_wrote_is_read_and_continued()
    {
        var disk = Frozen();
        var old = Read(disk, out var scan);
        Assert.Equal((2, 9, 1u, true), (scan.LastFile, scan.LastSequence, scan.LastHeader.Version, scan.ClosedCleanly));
        Assert.Equal(9, old.Count);
        using (var writer = JournalDisk.Reopen(disk, 1 << 20)) JournalDisk.Batch(writer, sync: true, (1, 100));
        var all = Read(disk, out scan);
        Assert.Equal(old, all.Take(9));
        Assert.Equal((3, 10, JournalFormat.FormatVersion), (scan.LastFile, scan.LastSequence, scan.LastHeader.Version));
    }

    [Fact]
    public void A_file_of_an_older_format_is_sealed_before_the_first_new_frame_and_not_sooner()
    {
        var disk = Old(closed: true);
        var before = disk.ReadAll(JournalDisk.PathOf(1));
        using (var writer = JournalDisk.Reopen(disk, 1 << 20)) writer.Close();
        Assert.Equal(before, disk.ReadAll(JournalDisk.PathOf(1)));
        using (var writer = JournalDisk.Reopen(disk, 1 << 20))
        {
            JournalDisk.Batch(writer, sync: true, (7, 10));
            JournalDisk.Batch(writer, sync: true, (8, 10));
            writer.Close();
        }
        Assert.Equal([1, 2, 3, 7, 8], JournalDisk.Ids(disk, out var scan));
        Assert.Equal((2, JournalFormat.FormatVersion, 4), (scan.LastFile, scan.LastHeader.Version, scan.LastFileFirst));
        // And the new file is written on.
        using (var writer = JournalDisk.Reopen(disk, 1 << 20)) JournalDisk.Batch(writer, sync: true, (9, 10));
        Assert.Equal([1, 2, 3, 7, 8, 9], JournalDisk.Ids(disk, out scan));
        Assert.Equal(2, scan.LastFile);
    }

    [Fact]
    public void An_older_file_with_a_torn_tail_or_without_a_batch_is_continued_too()
    {
        var torn = Old(closed: false);
        torn.Truncate(JournalDisk.PathOf(1), JournalDisk.Map(torn, 1).End - 8);
        using (var writer = JournalDisk.Reopen(torn, 1 << 20)) JournalDisk.Batch(writer, sync: true, (7, 10));
        Assert.Equal([1, 2, 7], JournalDisk.Ids(torn, out _));

        var unused = JournalDisk.New();
        JournalDisk.Create(unused, 1 << 20).Dispose();
        MakeOld(unused, 1);
        using (var writer = JournalDisk.Reopen(unused, 1 << 20)) JournalDisk.Batch(writer, sync: true, (7, 10));
        Assert.Equal([7], JournalDisk.Ids(unused, out _));
    }

    [Fact]
    public void A_power_loss_at_any_call_of_going_on_keeps_what_was_there()
    {
        var random = new Random(4);
        for (var n = 1; ; n++)
        {
            var disk = Old(closed: n % 2 == 0);
            disk.FailCall(disk.CallCount + n, FaultKind.Io);
            var acknowledged = TryBatch(disk, 7);
            var losses = Enumerable.Range(0, disk.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix)
                .Concat(Enumerable.Range(0, disk.UnsyncedOperationCount).Select(i => PowerLoss.TornPrefix(i, random.Next())))
                .Concat(Enumerable.Range(0, 6).Select(_ => PowerLoss.Random(random.Next())));
            foreach (var loss in losses)
            {
                var after = disk.AfterPowerLoss(loss);
                var ids = JournalDisk.Ids(after, out _);
                Assert.True(ids is [1, 2, 3] or [1, 2, 3, 7], $"call {n}, {loss}: {string.Join(',', ids)}");
                Assert.True(!acknowledged || ids.Count == 4, $"call {n}, {loss}: acknowledged and gone");
                Assert.True(TryBatch(after, 9));
                Assert.Equal([.. ids, 9], JournalDisk.Ids(after.AfterPowerLoss(PowerLoss.LoseAll), out _));
            }
            if (disk.LastFault is null) break;
        }
    }

    [Fact]
    public void A_dropped_frame_in_a_file_of_format_1_is_refused()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(1), files: 1);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in frame) => frame.Sequence != 2, _ => { });
        Assert.Equal([2], history.Check(disk, out _));
        MakeOld(disk, 1);
        var e = Assert.Throws<CorruptionException>(() => history.Check(disk, out _));
        Assert.Equal(JournalDisk.PathOf(1), e.File);
        Assert.Contains("format 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropped_frame_that_counts_wrongly_is_refused()
    {
        foreach (var payload in new byte[][] { [], new DroppedEvent(0, 0, 0).Encode(), new DroppedEvent(2, 1, 3).Encode(), [1, 2, 3] })
        {
            var disk = JournalDisk.New();
            using var writer = JournalDisk.Create(disk, 1 << 20);
            JournalDisk.Batch(writer, sync: true, (1, 10));
            var position = writer.Append(EventType.Dropped, payload);
            writer.Write();
            var e = Assert.Throws<CorruptionException>(() => JournalDisk.Ids(disk, out _));
            Assert.Equal(position.Offset, e.Offset);
        }
    }

    [Fact]
    public void A_rewritten_file_of_format_1_is_one_of_format_2()
    {
        var disk = JournalDisk.New();
        var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(1), files: 1);
        writer.Dispose();
        MakeOld(disk, 1);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in frame) => frame.Sequence != 2, _ => { });
        Assert.Equal([2], history.Check(disk, out _));
    }

    private static bool TryBatch(SimulatedFileSystem disk, int id)
    {
        try
        {
            using var writer = JournalDisk.Reopen(disk, 1 << 20);
            JournalDisk.Batch(writer, sync: true, (id, 10));
            writer.Close();
            return true;
        }
        catch (MemoryEngineException)
        {
            return false;
        }
    }

    private static SimulatedFileSystem Old(bool closed)
    {
        var disk = JournalDisk.New();
        using (var writer = JournalDisk.Create(disk, 1 << 20))
        {
            JournalDisk.Batch(writer, sync: true, (1, 30), (2, 40));
            JournalDisk.Batch(writer, sync: true, (3, 50));
            if (closed) writer.Close();
        }
        MakeOld(disk, 1);
        return disk;
    }

    // The two formats differ in the number in the header, and in what may follow.
    private static void MakeOld(SimulatedFileSystem disk, int file)
    {
        var bytes = disk.ReadAll(JournalDisk.PathOf(file));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
        disk.WriteAll(JournalDisk.PathOf(file), bytes);
    }

    private static SimulatedFileSystem Frozen()
    {
        using var inflated = new MemoryStream();
        using (var deflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(OfFormat1)), CompressionMode.Decompress))
            deflate.CopyTo(inflated);
        var bytes = inflated.ToArray();
        var second = bytes.AsSpan(8).IndexOf("MEMJRNL\n"u8) + 8;
        var disk = JournalDisk.New();
        disk.WriteAll(JournalDisk.PathOf(1), bytes.AsSpan(0, second));
        disk.WriteAll(JournalDisk.PathOf(2), bytes.AsSpan(second));
        return disk;
    }

    private static List<(long Sequence, EventType Type, string Payload)> Read(SimulatedFileSystem disk, out JournalScan scan)
    {
        var frames = new List<(long, EventType, string)>();
        scan = JournalReader.Scan(
            disk, JournalDisk.Directory, (in frame) => frames.Add((frame.Sequence, frame.Type, Convert.ToHexString(frame.Payload))));
        return frames;
    }
}
