using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine.CrashTests;

/// <summary>
/// Holds a pool whose owner was killed to what was expected of it: each memory exactly as last acknowledged, or as the
/// write under way would have left it; none twice, none half, no version missing. What is found becomes what is expected.
/// </summary>
internal sealed class PoolVerifier(TemporaryPool directory, ExpectedState expected)
{
    /// <summary>Opens the pool and compares everything.</summary>
    /// <param name="options">How to open it; read-only leaves the mess of the crash to the next process.</param>
    public async Task VerifyAsync(MemoryStoreOptions options)
    {
        var torn = TornTailOnDisk();
        if (torn is null && !WasEverBorn()) return;
        await using (var store = await MemoryStore.OpenAsync(directory.Pool, options))
        {
            var cut = store.Stats().OpeningNotes.Where(n => n.Contains("was torn by a crash: ", StringComparison.Ordinal));
            Assert.Equal(torn is null ? 0 : 1, cut.Count());
            var found = await ListAsync(store);
            SettleRollback(found);
            for (var slot = 0; slot < ExpectedState.Slots; slot++)
                await CompareAsync(store, slot, found.GetValueOrDefault(slot));
            Assert.Equal(found.Values.Count(v => v.IsCurrent && v.State < MemoryState.Quarantined), store.Stats().Memories);
            await new SnapshotVerifier(store, expected).VerifyAsync();
            await new EvidenceVerifier(directory).VerifyAsync(store);
            await new RemovalVerifier(directory).VerifyAsync(store, new Random((int)expected.Acknowledged));
            if (!options.ReadOnly) await RetryKeyedAsync(store);
            Settle(found);
        }
        if (options.ReadOnly) return;
        await CheckBackupAsync(options);
        var report = await MemoryStore.CheckAsync(directory.Pool, options);
        Assert.True(report.Ok, string.Join('\n', report.Problems));
    }

    // Killed before its first event was written, a pool does not exist yet, and nothing of it was acknowledged.
    private bool WasEverBorn()
    {
        var files = Directory.Exists(directory.Journal) ? directory.JournalFiles() : [];
        var born = files.Length > 0
            && JournalReader.Scan(PhysicalFileSystem.Instance, directory.Journal, static (in _) => { }).LastSequence > 0;
        if (!born) Assert.Equal(0, expected.Acknowledged);
        return born;
    }

    private TornTail? TornTailOnDisk() =>
        Directory.Exists(directory.Journal) && directory.JournalFiles().Length > 0
            ? JournalReader.Scan(PhysicalFileSystem.Instance, directory.Journal, static (in _) => { }).Torn
            : null;

    private async Task CheckBackupAsync(MemoryStoreOptions options)
    {
        if (expected.Backup == 0) return;
        var path = ChildKeeper.BackupPath(directory.Pool, expected.Backup);
        await using var store = await MemoryStore.OpenAsync(path, options with { CreateIfMissing = false });
        Assert.Empty(store.Stats().OpeningNotes);
        foreach (var version in (await ListAsync(store)).Values) Assert.Null(Content.Difference(version));
    }

    // A rollback that was under way has happened to all slots or to none. Nothing else was under way beside it.
    private void SettleRollback(Dictionary<int, MemoryVersion> found)
    {
        var (snapshots, all) = (expected.Snapshots, Enumerable.Range(0, ExpectedState.Slots));
        var (kind, place) = snapshots.Intent;
        if (kind is not (PoolIntentKind.RollBack or PoolIntentKind.RolledBack)) return;
        var happened = kind == PoolIntentKind.RolledBack || !all.All(slot => Observe(found.GetValueOrDefault(slot)) == expected.State(slot));
        if (happened) snapshots.FinishRollback(expected);
        else snapshots.Intent = default;
    }

    public static async Task<Dictionary<int, MemoryVersion>> ListAsync(IMemoryReader store)
    {
        var found = new Dictionary<int, MemoryVersion>();
        await foreach (var version in store.ListAsync(new ListFilter { State = null }))
            Assert.True(found.TryAdd(Content.SlotOf(version), version), $"The memory of slot {version.Task} is there twice.");
        return found;
    }

    private async Task CompareAsync(MemoryStore store, int slot, MemoryVersion? found)
    {
        var (acknowledged, intent) = (expected.State(slot), expected.Intent(slot));
        var observed = Observe(found);
        Assert.True(
            observed == acknowledged || observed.IsSame(acknowledged.After(intent, expected.Newest(slot)), acknowledged),
            $"Slot {slot}: {acknowledged} was acknowledged and {intent} under way, but the pool holds {observed}.");
        if (found is null) return;
        if (acknowledged.Exists) Assert.Equal(expected.Id(slot), found.Id);
        var history = await store.HistoryAsync(found.Id);
        if (expected.Rollbacks == 0) Assert.Equal(Enumerable.Range(1, found.Version), history.Select(v => v.Version));
        Assert.Equal(found.Version, history[^1].Version);
        for (var i = 0; i < history.Count; i++)
        {
            Assert.Equal(slot, Content.SlotOf(history[i]));
            Assert.Null(Content.Difference(history[i]));
            if (i > 0) Assert.True(history[i].Version > history[i - 1].Version, $"Slot {slot}: numbers are out of order.");
            if (i > 0) Assert.True(Content.NumberOf(history[i]) > Content.NumberOf(history[i - 1]), $"Slot {slot}: versions are out of order.");
        }
    }

    // Whoever does not know whether a write with a key arrived repeats it, and it is there once.
    private async Task RetryKeyedAsync(MemoryStore store)
    {
        for (var slot = 0; slot < ExpectedState.Slots; slot++)
        {
            var (state, intent) = (expected.State(slot), expected.Intent(slot));
            if (state.Exists || intent.Kind != IntentKind.CreateKeyed) continue;
            var arrived = (await ListAsync(store)).GetValueOrDefault(slot);
            var draft = Content.Draft(slot, intent.Content) with { IdempotencyKey = Content.KeyOf(slot, intent.Content) };
            var result = await store.RememberAsync(draft);
            Assert.Equal(1, result.Version);
            if (arrived is not null) Assert.Equal(arrived.Id, result.Id);
            var there = (await ListAsync(store))[slot];
            Assert.Equal(result.Id, there.Id);
            expected.SetId(slot, there.Id);
            expected.Acknowledge(slot, Observe(there));
        }
    }

    private void Settle(Dictionary<int, MemoryVersion> found)
    {
        for (var slot = 0; slot < ExpectedState.Slots; slot++)
        {
            if (expected.Intent(slot).Kind == IntentKind.None) continue;
            if (found.TryGetValue(slot, out var version)) expected.SetId(slot, version.Id);
            expected.Acknowledge(slot, Observe(version));
        }
    }

    public static SlotState Observe(MemoryVersion? version) =>
        version is null ? default : new SlotState(version.Version, Content.NumberOf(version), version.IsCurrent);
}
