using MemoryEngine.Journal;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine.CrashTests;

/// <summary>What is done to the files of a pool while nobody has it open: found, cut or made good again, never ignored.</summary>
[Trait("Category", "Crash")]
public sealed class DamageTests
{
    [Fact]
    public async Task A_flipped_byte_in_a_closed_journal_is_refused_with_its_place()
    {
        using var directory = new TemporaryPool();
        await FillAsync(directory, 60);
        var path = directory.JournalFiles()[^1];
        var batches = Batches(path);
        var (victim, end, _) = batches[batches.Count / 2];
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[(victim + end) / 2] ^= 0x10;
        await File.WriteAllBytesAsync(path, bytes);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var damage = await Assert.ThrowsAsync<CorruptionException>(() => MemoryStore.OpenAsync(directory.Pool, Options));
            Assert.Equal((path, victim), (damage.File, damage.Offset));
            Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        }
        var report = await MemoryStore.CheckAsync(directory.Pool, Options);
        Assert.Equal((path, victim), (report.Problems[0].File, report.Problems[0].Offset));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(50)]
    public async Task A_torn_last_batch_of_a_killed_pool_is_cut_and_reported(int bytesLost)
    {
        using var directory = new TemporaryPool();
        await KillAsync(directory);
        var path = directory.JournalFiles()[^1];
        var (lastOffset, lastEnd, _) = Batches(path)[^1];
        var lost = Math.Min(bytesLost, (int)(lastEnd - lastOffset));
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.SetLength(file, lastEnd - lost);
        var scan = Scan(directory, out var records);
        Assert.Equal((path, lastOffset), (scan.Torn?.File, scan.Torn?.Offset));
        await using (var store = await MemoryStore.OpenAsync(directory.Pool, Options))
        {
            var note = Assert.Single(store.Stats().OpeningNotes, n => n.Contains("torn", StringComparison.Ordinal));
            Assert.Contains($"{path} was torn by a crash: cut at offset {lastOffset}", note, StringComparison.Ordinal);
            Assert.Equal((records, scan.LastSequence), (store.Stats().Records, store.Stats().Sequence));
            await foreach (var version in store.ListAsync(new ListFilter { State = null })) Assert.Null(Content.Difference(version));
            _ = await store.RememberAsync(Content.Draft(ExpectedState.Slots, 1));
        }
        await using var again = await MemoryStore.OpenAsync(directory.Pool, Options);
        Assert.Empty(again.Stats().OpeningNotes);
        Assert.Equal(records + 1, again.Stats().Records);
    }

    [Fact]
    public async Task All_but_the_journal_can_be_deleted()
    {
        using var directory = new TemporaryPool();
        using var expected = new ExpectedState(directory.StateFile);
        await KillAsync(directory);
        await new PoolVerifier(directory, expected).VerifyAsync(Options);
        foreach (var path in Directory.GetFileSystemEntries(directory.Pool).Where(p => p != directory.Journal))
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        await new PoolVerifier(directory, expected).VerifyAsync(Options);
    }

    private static MemoryStoreOptions Options => ChildWriter.Options(1, lexicalOnly: true);

    private static async Task FillAsync(TemporaryPool directory, int memories)
    {
        await using var store = await MemoryStore.OpenAsync(directory.Pool, Options);
        for (var slot = 0; slot < memories; slot++) _ = await store.RememberAsync(Content.Draft(slot, 1));
    }

    // Until its newest journal file ends in a batch that no checkpoint has seen: without such a one, losing it is corruption.
    private static async Task KillAsync(TemporaryPool directory)
    {
        using var expected = new ExpectedState(directory.StateFile);
        while (true)
        {
            var order = new ChildOrder(directory.Pool, directory.StateFile, Seed: 7, SignalAfter: 150, LexicalOnly: true);
            using var child = new ChildProcess(order.Arguments());
            await child.WaitForSignalAsync();
            await child.KillAsync();
            if (Batches(directory.JournalFiles()[^1]) is [.., var last] && last.FirstSequence > Checkpointed(directory)) return;
            // What was under way is settled before the next one goes on.
            await new PoolVerifier(directory, expected).VerifyAsync(Options with { ReadOnly = true });
        }
    }

    private static long Checkpointed(TemporaryPool directory) =>
        new ManifestFiles(PhysicalFileSystem.Instance, new PoolPaths(directory.Pool).Manifests).Newest()?.Sequence ?? 0;

    private static JournalScan Scan(TemporaryPool directory, out long records)
    {
        long count = 0;
        var scan = JournalReader.Scan(PhysicalFileSystem.Instance, directory.Journal, (in frame) => count += frame.Type switch
        {
            EventType.Remembered => 1,
            EventType.Dropped => DroppedEvent.Decode(frame.Payload)!.Value.Records,
            _ => 0,
        });
        records = count;
        return scan;
    }

    // Where the batches of a file begin and end.
    private static List<(long Offset, long End, long FirstSequence)> Batches(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = JournalFormat.FileHeader.Read(bytes.AsSpan(0, JournalFormat.HeaderBytes), path);
        var batches = new List<(long, long, long)>();
        var at = JournalFormat.HeaderBytes;
        while (at < bytes.Length && JournalFormat.BatchHeader.TryRead(bytes.AsSpan(at), header.Salt, at, out var batch))
        {
            var end = at + JournalFormat.BatchHeaderBytes + batch.FramesBytes;
            batches.Add((at, end, batch.FirstSequence));
            at = end;
        }
        return batches;
    }
}
