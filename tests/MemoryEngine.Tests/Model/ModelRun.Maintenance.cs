namespace MemoryEngine.Tests.Model;

/// <summary>Compaction, purging and backups, while readers go on.</summary>
internal sealed partial class ModelRun
{
    private const int MostPurged = 60;
    private int _nextBackup;

    private async Task CompactAsync()
    {
        var held = _held.Select(h => h.Expected.View).ToList();
        _epoch.BeginRemoval(isPurge: false);
        try
        {
            // A disk that is full stops it half way, and what it did until then stays done.
            _ = await TryAsync(async () => await (_random.Next(3) == 0 ? Store.MaintainAsync() : Store.CompactAsync()));
        }
        finally
        {
            _epoch.EndRemoval();
        }
        Note(_oracle.Compact(held));
    }

    private async Task PurgeAsync()
    {
        if (_oracle.Purged.Count >= MostPurged || Known() is not { } id || !_oracle.Newest.ContainsKey(id)) return;
        // Whether anything of it is left to purge, the compaction before has decided.
        if (_oracle.Doubtful.Contains(id) && _oracle.View.Find(id) is null) return;
        var before = Store.Stats().Sequence;
        _epoch.BeginRemoval(isPurge: true);
        try
        {
            Assert.Equal(1, await Store.PurgeAsync([id]));
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull && _fullDiskLeft > 0)
        {
            // Its event is there or not; the bytes may have to wait for room.
            if (Store.Stats().Sequence == before) return;
        }
        finally
        {
            _epoch.EndRemoval();
        }
        var held = _held.Select(h => h.Expected.View).ToList();
        // It compacts as well, and reaches into what readers hold.
        for (var i = 0; i < _held.Count; i++) _held[i] = _held[i] with { Expected = Without(_held[i].Expected, id) };
        Note(_oracle.Purge(id).Compact(held));

        static OracleSnapshot Without(OracleSnapshot snapshot, Guid id) => snapshot with { View = snapshot.View.Without(id) };
    }

    private async Task ReadPurgedAsync()
    {
        if (_oracle.Purged.Count == 0) return;
        var id = _oracle.Purged.Order().ElementAt(_random.Next(_oracle.Purged.Count));
        foreach (var reader in _held.Select(h => (IMemoryReader)h.Opened).Prepend(Store))
        {
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await reader.GetAsync(id)));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await reader.HistoryAsync(id)));
        }
        Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await Store.RestoreAsync(id)));
        Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await Store.RememberAsync(NewDraft(id))));
    }

    private async Task BackupAsync()
    {
        var path = $"/home/agent/backups/{_nextBackup++}";
        if (!await TryAsync(async () => await Store.BackupAsync(path))) return;
        var disk = _pool.Disk.AfterProcessKill();
        // The backup found room on a disk that is nearly full; to open it takes more.
        disk.CapacityBytes = long.MaxValue;
        var options = Options() with { Files = disk };
        await using var backup = await MemoryStore.OpenAsync(path, options with { CreateIfMissing = false });
        await Comparison.PoolAsync(backup, _oracle);
    }
}
