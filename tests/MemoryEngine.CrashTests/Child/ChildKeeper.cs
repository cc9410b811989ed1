using System.Globalization;

namespace MemoryEngine.CrashTests;

/// <summary>
/// Beside the writers: one who makes, reads, drops and rolls back to snapshots, with the writers waiting, so that it is known
/// what each must hold; and one who compacts and backs up while they write.
/// </summary>
internal sealed class ChildKeeper(MemoryStore store, ExpectedState expected, ChildPause pause, ChildOrder order)
{
    private const string BeforeRollback = "before-rollback-";
    private readonly Random _random = new(order.Seed ^ 0x5eed);
    private readonly Random _house = new(order.Seed ^ 0xc1ea);

    /// <summary>Does something with a snapshot.</summary>
    public async Task KeepSnapshotsAsync()
    {
        using var alone = await pause.AloneAsync().ConfigureAwait(false);
        var place = _random.Next(ExpectedSnapshots.Places);
        if (!expected.Snapshots.IsTaken(place)) await MakeAsync(place).ConfigureAwait(false);
        else if (_random.Next(4) == 0) await DropAsync(place).ConfigureAwait(false);
        else if (_random.Next(4) == 0) await RollBackAsync(place).ConfigureAwait(false);
        else await ReadAsync(place).ConfigureAwait(false);
    }

    /// <summary>Compacts, or backs up.</summary>
    public async Task KeepHouseAsync()
    {
        if (_house.Next(3) > 0)
        {
            await store.CompactAsync().ConfigureAwait(false);
            return;
        }
        var next = expected.Backup + 1;
        var path = BackupPath(order.Pool, next);
        // What one that was killed has left.
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        await store.BackupAsync(path).ConfigureAwait(false);
        Volatile.Write(ref expected.Backup, next);
        if (Directory.Exists(BackupPath(order.Pool, next - 1))) Directory.Delete(BackupPath(order.Pool, next - 1), recursive: true);
    }

    /// <summary>Where a backup of a pool lies.</summary>
    public static string BackupPath(string pool, long number) => string.Create(CultureInfo.InvariantCulture, $"{pool}-backup-{number}");

    private async Task MakeAsync(int place)
    {
        expected.Snapshots.Copy(place, expected);
        expected.Snapshots.Intent = new PoolIntent(PoolIntentKind.Snapshot, place);
        await store.CreateSnapshotAsync(expected.Snapshots.Name(place)).ConfigureAwait(false);
        Settle(place);
    }

    private async Task DropAsync(int place)
    {
        expected.Snapshots.Intent = new PoolIntent(PoolIntentKind.Drop, place);
        await store.DropSnapshotAsync(expected.Snapshots.Name(place)).ConfigureAwait(false);
        Settle(place);
    }

    private void Settle(int place)
    {
        expected.Snapshots.Turn(place);
        expected.Snapshots.Intent = default;
    }

    private async Task RollBackAsync(int place)
    {
        expected.Snapshots.Copy(ExpectedSnapshots.Undo, expected);
        var undo = await RollBackAsync(place, expected.Snapshots.Name(place)).ConfigureAwait(false);
        if (_random.Next(2) == 0) await RollBackAsync(ExpectedSnapshots.Undo, undo).ConfigureAwait(false);
        foreach (var old in store.Snapshots().Where(s => s.Name.StartsWith(BeforeRollback, StringComparison.Ordinal)))
            await store.DropSnapshotAsync(old.Name).ConfigureAwait(false);
    }

    private async Task<string> RollBackAsync(int place, string name)
    {
        Volatile.Write(ref expected.Rollbacks, expected.Rollbacks + 1);
        expected.Snapshots.Intent = new PoolIntent(PoolIntentKind.RollBack, place);
        var result = await store.RollBackAsync(name).ConfigureAwait(false);
        expected.Snapshots.FinishRollback(expected);
        return result.Undo;
    }

    private async Task ReadAsync(int place)
    {
        using var snapshot = store.OpenSnapshot(expected.Snapshots.Name(place));
        for (var i = 0; i < 10; i++)
        {
            var slot = _random.Next(ExpectedState.Slots);
            var state = expected.Snapshots.State(place, slot);
            var found = expected.Id(slot) is var id && id == Guid.Empty ? null : await snapshot.GetAsync(id).ConfigureAwait(false);
            var seen = found is null ? default : new SlotState(found.Version, Content.NumberOf(found), found.IsCurrent);
            if (seen != state) throw new InvalidOperationException($"{snapshot.Info} shows slot {slot} as {seen}, expected {state}.");
        }
    }
}
