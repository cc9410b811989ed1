namespace MemoryEngine.Tests.Model;

/// <summary>Snapshots: making, dropping, holding and comparing them, rolling back to them.</summary>
internal sealed partial class ModelRun
{
    private const int MostSnapshots = 12;
    private const int MostHeld = 4;

    private readonly List<HeldSnapshot> _held = [];
    private readonly List<string> _undos = [];
    private int _nextSnapshot;

    private async Task SnapshotAsync()
    {
        if (_oracle.Snapshots.Count >= MostSnapshots)
        {
            await DropAsync();
            return;
        }
        var name = $"snapshot-{_nextSnapshot++}";
        var now = _pool.Clock.GetUtcNow();
        SnapshotInfo made = null!;
        if (!await TryAsync(async () => made = await Store.CreateSnapshotAsync(name))) return;
        Assert.Equal(new SnapshotInfo(name, Store.Stats().Sequence - 1, now, _oracle.View.LiveCount), made);
        Note(_oracle.Name(name, made.Sequence, now));
    }

    private async Task DropAsync()
    {
        if (AnySnapshot() is not { } snapshot) return;
        if (await TryAsync(async () => await Store.DropSnapshotAsync(snapshot.Name))) Note(_oracle.Drop(snapshot.Name));
    }

    private async Task RollBackAsync()
    {
        if (AnySnapshot() is { } snapshot) await RollBackAsync(snapshot.Name);
    }

    private async Task UndoAsync()
    {
        if (_undos.LastOrDefault(u => _oracle.Find(u) is not null) is { } undo) await RollBackAsync(undo);
    }

    private async Task RollBackAsync(string name)
    {
        var now = _pool.Clock.GetUtcNow();
        RollbackResult result = null!;
        if (!await TryAsync(async () => result = await Store.RollBackAsync(name))) return;
        Assert.Equal((name, Store.Stats().Sequence), (result.Snapshot, result.Sequence));
        Assert.Null(_oracle.Find(result.Undo));
        _undos.Add(result.Undo);
        Note(_oracle.RollBack(name, result.Undo, result.Sequence, now));
    }

    private async Task HoldAsync()
    {
        if (AnySnapshot() is not { } snapshot) return;
        if (_held.Count >= MostHeld)
        {
            // A reader may be in it.
            await _readers.FinishAsync();
            _held[0].Opened.Dispose();
            _held.RemoveAt(0);
        }
        _held.Add(new HeldSnapshot(Store.OpenSnapshot(snapshot.Name), snapshot, snapshot.View.LiveCount));
    }

    private async Task ReadHeldAsync()
    {
        if (_held.Count > 0) await _held[_random.Next(_held.Count)].CheckAsync(NewQuery(), _random);
    }

    private async Task MissingNameAsync()
    {
        const string Missing = "nobody-made-it";
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await Store.DropSnapshotAsync(Missing)));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await Store.RollBackAsync(Missing)));
        if (AnySnapshot() is { } taken)
            Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await Store.CreateSnapshotAsync(taken.Name)));
    }

    private Task Diff()
    {
        if (AnySnapshot() is not { } earlier) return Task.CompletedTask;
        var later = _random.Next(2) == 0 ? AnySnapshot() : null;
        var (before, after) = (earlier.View, later?.View ?? _oracle.View);
        var diff = Store.Diff(earlier.Name, later?.Name);
        // By the age of what is left of a memory, which a compaction may have changed: the order is for the tests of snapshots.
        var ids = _oracle.Newest.Keys.Order().ToList();
        Assert.Equal(ids.Where(id => Live(before, id) is null && Live(after, id) is not null), diff.Added.Order());
        Assert.Equal(ids.Where(id => Live(before, id) is not null && Live(after, id) is null), diff.Removed.Order());
        Assert.Equal(ids.Where(id => Live(before, id) is { } b && Live(after, id) is { } a && a != b), diff.Revised.Order());
        Assert.Equal(ids.Where(id => before.Find(id) is { } b && after.Find(id) is { } a && a.Live != b.Live), diff.Changed.Order());
        return Task.CompletedTask;

        static long? Live(OracleView view, Guid id) => view.Find(id) is { Live: true } memory ? memory.Newest.Record : null;
    }

    private OracleSnapshot? AnySnapshot() =>
        _oracle.Snapshots.Count == 0 ? null : _oracle.Snapshots[_random.Next(_oracle.Snapshots.Count)];
}
