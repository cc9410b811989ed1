using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Model;

/// <summary>A pool and its oracle, driven side by side by a random sequence of operations.</summary>
internal sealed class ModelRun(int seed)
{
    private const int Dimension = 4;
    private const int MostMemories = 400;
    private static readonly string[] Domains = ["", "a", "a/b", "ab", "c/d/e"];

    private readonly Random _random = new(seed);
    private readonly SimulatedPool _pool = new();

    // Acknowledged, and not yet known to be on the device, with the sequence of each.
    private readonly Queue<(long Sequence, Action<Oracle> Change)> _unsynced = new();
    private readonly List<Guid> _ids = [];
    private readonly Oracle _durable = new();
    private Oracle _oracle = new();
    private MemoryStore _store = null!;
    private int _nextText;
    private int _fullDiskLeft;

    public SortedDictionary<string, int> Done { get; } = [];

    public async Task RunAsync(int operations)
    {
        await OpenAsync();
        for (var i = 0; i < operations; i++)
        {
            var (name, operation) = Choose();
            try
            {
                if (_fullDiskLeft > 0 && --_fullDiskLeft == 0) _pool.Disk.CapacityBytes = long.MaxValue;
                await operation();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Operation {i}, {name}, of seed {seed}: {e.Message}", e);
            }
            Done[name] = Done.GetValueOrDefault(name) + 1;
        }
        _pool.Disk.CapacityBytes = long.MaxValue;
        await ReopenAsync();
        await CheckAllAsync();
        await _store.DisposeAsync();
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, Options());
        Assert.Empty(report.Problems);
    }

    private (string Name, Func<Task> Operation) Choose() => _random.Next(1_000) switch
    {
        < 250 => ("remember", () => RememberAsync(NewDraft(_random.Next(3) == 0 ? Known() : null))),
        < 320 => ("remember again", RememberAgainAsync),
        < 360 => ("repeat a key", RepeatKeyAsync),
        < 430 => ("revise", ReviseAsync),
        < 500 => ("forget", () => LiveAsync(restore: false)),
        < 560 => ("restore", () => LiveAsync(restore: true)),
        < 750 => ("recall", RecallAsync),
        < 860 => ("get", GetAsync),
        < 900 => ("history", HistoryAsync),
        < 910 => ("list", CheckListAsync),
        < 930 => ("advance the clock", Advance),
        < 950 => ("fill the disk", FillDisk),
        < 958 => ("reopen", ReopenAsync),
        < 966 => ("kill", KillAsync),
        < 974 => ("lose power", LosePowerAsync),
        _ => ("recall", RecallAsync),
    };

    private MemoryStoreOptions Options() => _pool.Options with
    {
        LexicalOnly = true,
        Spaces = [new VectorSpace("v", Dimension, Metric.L2)],
        JournalFileBytes = 20_000,
        CheckpointBytes = 15_000,
        CheckpointOnCloseBytes = _random.Next(2) == 0 ? 1 : 1 << 20,
        IdempotencyRetention = TimeSpan.FromDays(10_000),
    };

    private async Task OpenAsync() => _store = await MemoryStore.OpenAsync(SimulatedPool.Root, Options());

    private MemoryDraft NewDraft(Guid? id)
    {
        var text = $"memory {_nextText++} {new string('x', _random.Next(8) == 0 ? _random.Next(70_000) : _random.Next(200))}";
        return new MemoryDraft
        {
            Id = id,
            Text = text,
            Domain = Domains[_random.Next(Domains.Length)],
            ExpiresAt = _random.Next(10) == 0 ? _pool.Clock.GetUtcNow() + TimeSpan.FromHours(_random.Next(1, 100)) : null,
            IdempotencyKey = _random.Next(5) == 0 ? $"key {_nextText}" : null,
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = NewVector() },
        };
    }

    private float[] NewVector() => [.. Enumerable.Range(0, Dimension).Select(_ => (float)_random.Next(-20, 20))];

    private Guid? Known() => _ids.Count == 0 ? null : _ids[_random.Next(_ids.Count)];

    private async Task RememberAsync(MemoryDraft draft)
    {
        if (draft.Id is null && _ids.Count >= MostMemories) draft = draft with { Id = Known() };
        var durability = _random.Next(3) == 0 ? Durability.Process : Durability.Device;
        var before = _store.Stats().Sequence;
        RememberResult result;
        try
        {
            result = await _store.RememberAsync(draft, durability);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull && _fullDiskLeft > 0)
        {
            Assert.Equal(before, _store.Stats().Sequence);
            return;
        }
        var (outcome, version) = _oracle.Expect(result.Id, draft);
        Assert.Equal((outcome, version), (result.Outcome, result.Version));
        if (!_ids.Contains(result.Id)) _ids.Add(result.Id);
        Note(oracle => oracle.Remember(result.Id, draft, result), durability);
    }

    private async Task RememberAgainAsync()
    {
        if (Known() is not { } id || !_oracle.Memories.TryGetValue(id, out var memory)) return;
        var version = memory.Versions[_random.Next(2) == 0 ? ^1 : 0];
        await RememberAsync(version.Draft with { Id = id, IdempotencyKey = null });
    }

    private async Task RepeatKeyAsync()
    {
        if (_oracle.Keys.Count == 0) return;
        var (draft, result) = _oracle.Keys.Values.ElementAt(_random.Next(_oracle.Keys.Count));
        var before = _store.Stats().Sequence;
        Assert.Equal(result, await _store.RememberAsync(draft));
        var other = draft with { Text = "other content" };
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await _store.RememberAsync(other)));
        Assert.Equal(before, _store.Stats().Sequence);
    }

    private async Task ReviseAsync()
    {
        if (Known() is not { } id) return;
        var draft = NewDraft(id);
        if (!_oracle.Memories.TryGetValue(id, out var memory))
        {
            // Lost with the power before it was durable.
            Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await _store.ReviseAsync(id, draft)));
            return;
        }
        var newest = memory.Versions[^1].Version;
        var expected = _random.Next(3) switch { 0 => newest, 1 => newest + 1, _ => (int?)null };
        var conflict = !memory.Live || (expected is { } e && e != newest);
        try
        {
            var result = await _store.ReviseAsync(id, draft, expected);
            Assert.False(conflict, "a conflict went unnoticed");
            Assert.Equal(newest + 1, result.Version);
            Note(oracle => oracle.Remember(id, draft, result), Durability.Device);
        }
        catch (MemoryEngineException error)
        {
            Assert.Equal(conflict ? ErrorCode.Conflict : ErrorCode.DiskFull, error.Code);
            Assert.True(conflict || _fullDiskLeft > 0);
        }
    }

    private async Task LiveAsync(bool restore)
    {
        if (Known() is not { } id || !_oracle.Memories.TryGetValue(id, out var memory)) return;
        try
        {
            var changed = restore ? await _store.RestoreAsync(id) : await _store.ForgetAsync(id);
            Assert.Equal(memory.Live != restore, changed);
            if (changed) Note(oracle => oracle.SetLive(id, restore), Durability.Device);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull && _fullDiskLeft > 0)
        {
            // It did not happen.
        }
    }

    private async Task RecallAsync()
    {
        var query = new RecallQuery
        {
            Vector = NewVector(),
            Space = "v",
            K = _random.Next(1, 30),
            WithinDomain = _random.Next(3) == 0 ? Domains[_random.Next(1, Domains.Length)] : null,
        };
        var expected = _oracle.Search(query.Vector.Value, query.WithinDomain, _pool.Clock.GetUtcNow());
        var found = await _store.RecallAsync(query);
        Assert.Equal(expected.Count, found.Considered);
        Assert.Equal(expected.Take(query.K).Select(e => e.Id), found.Memories.Select(m => m.Memory.Id));
        foreach (var (memory, wanted) in found.Memories.Zip(expected))
        {
            Assert.Equal(wanted.Score, memory.Scores.Vector!.Value, 1e-2);
            Assert.Equal(_oracle.Memories[wanted.Id].Versions[^1].Draft.Text, memory.Memory.Text);
        }
    }

    private async Task GetAsync()
    {
        if (Known() is not { } id) return;
        var got = await _store.GetAsync(id);
        if (!_oracle.Memories.TryGetValue(id, out var memory))
        {
            Assert.Null(got);
            return;
        }
        Check(memory.Versions[^1], memory.Live, memory.Live, got!);
        var version = _random.Next(1, memory.Versions.Count + 2);
        got = await _store.GetAsync(id, version);
        if (version > memory.Versions.Count) Assert.Null(got);
        else Check(memory.Versions[version - 1], memory.Live, memory.Live && version == memory.Versions.Count, got!);
    }

    private async Task HistoryAsync()
    {
        if (Known() is not { } id) return;
        var history = await _store.HistoryAsync(id);
        var versions = _oracle.Memories.TryGetValue(id, out var memory) ? memory.Versions : [];
        Assert.Equal(versions.Count, history.Count);
        for (var i = 0; i < versions.Count; i++)
            Check(versions[i], memory!.Live, memory.Live && i == versions.Count - 1, history[i]);
    }

    private async Task CheckListAsync()
    {
        var filter = new ListFilter { State = null };
        var listed = await SimulatedPool.ListAsync(_store, filter);
        var expected = _oracle.Memories.OrderBy(m => m.Value.Versions[^1].Record).ToList();
        Assert.Equal(expected.Select(e => e.Key), listed.Select(v => v.Id));
        foreach (var (memory, version) in expected.Zip(listed)) Check(memory.Value.Versions[^1], memory.Value.Live, memory.Value.Live, version);
        Assert.Equal(_oracle.Records, _store.Stats().Records);
        Assert.Equal(_oracle.Memories.Values.Count(m => m.Live), _store.Stats().Memories);
    }

    private async Task CheckAllAsync()
    {
        await CheckListAsync();
        foreach (var (id, memory) in _oracle.Memories) Assert.Equal(memory.Versions.Count, (await _store.HistoryAsync(id)).Count);
    }

    private static void Check(OracleVersion expected, bool live, bool current, MemoryVersion found)
    {
        Assert.Equal(expected.Draft.Text, found.Text);
        Assert.Equal((expected.Version, expected.Record), (found.Version, found.RecordId));
        Assert.Equal(expected.Draft.Domain, found.Domain);
        Assert.Equal(expected.Draft.ExpiresAt, found.ExpiresAt);
        Assert.Equal(expected.Draft.Vectors["v"].ToArray(), found.Vectors["v"].ToArray());
        Assert.Equal(live ? MemoryState.Active : MemoryState.Tombstoned, found.State);
        Assert.Equal(current, found.IsCurrent);
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

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        MakeRoom();
        Synced();
        await OpenAsync();
    }

    private async Task KillAsync()
    {
        var (killed, old) = (_pool.Disk.AfterProcessKill(), _store);
        MakeRoom();
        (_pool.Disk, killed.CapacityBytes) = (killed, long.MaxValue);
        await OpenAsync();
        Synced();
        await old.DisposeAsync();
    }

    private async Task LosePowerAsync()
    {
        var loss = _random.Next(5) switch { 0 => PowerLoss.LoseAll, 1 => PowerLoss.KeepAll, _ => PowerLoss.Random(_random.Next()) };
        var (left, old) = (_pool.Disk.AfterPowerLoss(loss), _store);
        MakeRoom();
        (_pool.Disk, left.CapacityBytes) = (left, long.MaxValue);
        await OpenAsync();
        // What was only handed to the kernel may be gone, the newest first.
        var last = _store.Stats().Sequence;
        while (_unsynced.TryPeek(out var next) && next.Sequence <= last) _unsynced.Dequeue().Change(_durable);
        _unsynced.Clear();
        _oracle = _durable.Clone();
        await CheckListAsync();
        await old.DisposeAsync();
    }

    private void MakeRoom()
    {
        _pool.Disk.CapacityBytes = long.MaxValue;
        _fullDiskLeft = 0;
    }

    private void Note(Action<Oracle> change, Durability durability)
    {
        change(_oracle);
        _unsynced.Enqueue((_store.Stats().Sequence, change));
        if (durability == Durability.Device) Synced();
    }

    private void Synced()
    {
        while (_unsynced.TryDequeue(out var next)) next.Change(_durable);
    }
}
