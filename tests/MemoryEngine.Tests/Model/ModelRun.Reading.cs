namespace MemoryEngine.Tests.Model;

/// <summary>Reading, and what the world around the pool does.</summary>
internal sealed partial class ModelRun
{
    private async Task RecallAsync()
    {
        var query = NewQuery();
        Comparison.Recalled(query, await Store.RecallAsync(query), _oracle.View, _pool.Clock.GetUtcNow());
    }

    private async Task GetAsync()
    {
        if (Known() is not { } id || _oracle.Purged.Contains(id)) return;
        await Comparison.GetAsync(Store, id, _oracle.View.Find(id), version: _random.Next(1, 5));
    }

    private async Task HistoryAsync()
    {
        if (Known() is { } id && !_oracle.Purged.Contains(id)) await Comparison.HistoryAsync(Store, id, _oracle.View.Find(id));
    }

    private async Task ListAsync()
    {
        Comparison.List(await Comparison.ListAsync(Store), _oracle.View);
        Comparison.SnapshotNames(Store, _oracle);
        Assert.Equal(_oracle.Records, Store.Stats().Records);
        Assert.Equal(_oracle.View.LiveCount, Store.Stats().Memories);
    }

    private Task Advance()
    {
        _pool.Clock.Advance(TimeSpan.FromHours(_random.Next(1, 20)));
        return Task.CompletedTask;
    }

    private Task FillDisk()
    {
        _pool.Disk.CapacityBytes = _pool.Disk.UsedBytes + _random.Next(0, 60_000);
        _fullDiskLeft = _random.Next(2, 30);
        return Task.CompletedTask;
    }
}
