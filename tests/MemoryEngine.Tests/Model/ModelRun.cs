namespace MemoryEngine.Tests.Model;

/// <summary>A pool and its oracle, driven side by side by a random sequence of operations, with readers beside them.</summary>
internal sealed partial class ModelRun
{
    private const int Dimension = 4;
    private const int MostMemories = 400;
    private static readonly string[] Domains = ["", "a", "a/b", "ab", "c/d/e"];

    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedPool _pool = new();
    private readonly ModelReaders _readers;
    private readonly List<Guid> _ids = [];
    private Oracle _oracle = Oracle.Empty;
    private ModelEpoch _epoch = null!;
    private long _durable;
    private int _nextText;
    private int _fullDiskLeft;

    public ModelRun(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _readers = new ModelReaders(_pool.Clock);
    }

    public SortedDictionary<string, int> Done { get; } = [];

    public int ReadersTurns => _readers.Judged;

    private MemoryStore Store => _epoch.Store;

    public async Task RunAsync(int operations)
    {
        await OpenAsync();
        for (var i = 0; i < operations; i++)
        {
            var (name, operation) = Choose();
            try
            {
                if (_fullDiskLeft > 0 && --_fullDiskLeft == 0) _pool.Disk.CapacityBytes = long.MaxValue;
                if (_random.Next(3) > 0) _readers.Begin(_epoch, _oracle, [.. _held], NewQuery(), _random.Next());
                await operation();
                await _readers.JudgeAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Operation {i}, {name}, of seed {_seed}: {e.Message}", e);
            }
            Done[name] = Done.GetValueOrDefault(name) + 1;
        }
        await ReopenAsync();
        await Comparison.PoolAsync(Store, _oracle);
        await EndAsync();
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, Options());
        Assert.Empty(report.Problems);
    }

    private (string Name, Func<Task> Operation) Choose() => _random.Next(1_000) switch
    {
        < 220 => ("remember", () => RememberAsync(NewDraft(_random.Next(3) == 0 ? Writable() : null))),
        < 290 => ("remember again", RememberAgainAsync),
        < 325 => ("repeat a key", RepeatKeyAsync),
        < 395 => ("revise", ReviseAsync),
        < 465 => ("forget", () => LiveAsync(restore: false)),
        < 525 => ("restore", () => LiveAsync(restore: true)),
        < 555 => ("snapshot", SnapshotAsync),
        < 570 => ("drop a snapshot", DropAsync),
        < 590 => ("roll back", RollBackAsync),
        < 600 => ("undo a rollback", UndoAsync),
        < 620 => ("hold a snapshot", HoldAsync),
        < 680 => ("read a held snapshot", ReadHeldAsync),
        < 690 => ("diff", Diff),
        < 700 => ("a name that is not there", MissingNameAsync),
        < 708 => ("compact", CompactAsync),
        < 718 => ("purge", PurgeAsync),
        < 726 => ("read what was purged", ReadPurgedAsync),
        < 731 => ("back up", BackupAsync),
        < 760 => ("recall", RecallAsync),
        < 785 => ("transfer", TransferAsync),
        < 810 => ("report", ReportAsync),
        < 880 => ("get", GetAsync),
        < 910 => ("history", HistoryAsync),
        < 920 => ("list", ListAsync),
        < 935 => ("advance the clock", Advance),
        < 950 => ("fill the disk", FillDisk),
        < 958 => ("reopen", ReopenAsync),
        < 966 => ("kill", KillAsync),
        < 976 => ("lose power", LosePowerAsync),
        < 986 => ("transfer", TransferAsync),
        < 995 => ("report", ReportAsync),
        _ => ("why", WhyAsync),
    };

    private MemoryStoreOptions Options() => _pool.Options with
    {
        RecordTransfers = true,
        CleanupEvery = 0,
        TransferRetention = TransferRetention,
        LeastFoldBytes = 1,
        LexicalOnly = true,
        Spaces = [new VectorSpace("v", Dimension, Metric.L2)],
        JournalFileBytes = 20_000,
        CheckpointBytes = 15_000,
        SegmentLimits = new(SealRows: 20),
        CheckpointOnCloseBytes = _random.Next(2) == 0 ? 1 : 1 << 20,
        IdempotencyRetention = TimeSpan.FromDays(10_000),
    };

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

    private RecallQuery NewQuery() => new()
    {
        Vector = NewVector(),
        Space = "v",
        K = _random.Next(1, 30),
        Record = false,
        WithinDomain = _random.Next(3) == 0 ? Domains[_random.Next(1, Domains.Length)] : null,
    };

    private Guid? Known() => _ids.Count == 0 ? null : _ids[_random.Next(_ids.Count)];

    /// <summary>One that can be written, and it is certain what that answers.</summary>
    private Guid? Writable() => Known() is { } id && !_oracle.Purged.Contains(id) && !_oracle.Doubtful.Contains(id) ? id : null;

    /// <summary>Does what may meet a disk that is full. False when it did: then nothing has happened.</summary>
    private async Task<bool> TryAsync(Func<Task> operation)
    {
        var before = Store.Stats().Sequence;
        try
        {
            await operation();
            return true;
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull && _fullDiskLeft > 0)
        {
            Assert.Equal(before, Store.Stats().Sequence);
            return false;
        }
    }

    /// <summary>What was acknowledged, and whether no power loss can take it back.</summary>
    private void Note(Oracle oracle, Durability durability = Durability.Device)
    {
        _oracle = oracle;
        var sequence = Store.Stats().Sequence;
        _epoch.Note(sequence, oracle);
        if (durability == Durability.Device) _durable = sequence;
    }
}
