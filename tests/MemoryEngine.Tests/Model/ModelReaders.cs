namespace MemoryEngine.Tests.Model;

/// <summary>
/// Readers beside the writer. Each turn reads something while the next operations go on, and is judged afterwards: what was
/// seen must be what some moment of the pool held, whole, and no other moment than those that the reading spans.
/// </summary>
internal sealed class ModelReaders(ManualClock clock)
{
    private const int AtOnce = 2;
    private readonly List<Task<Action>> _turns = [];

    /// <summary>Turns judged so far.</summary>
    public int Judged { get; private set; }

    /// <summary>Begins a turn, unless as many are under way as there should be.</summary>
    public void Begin(ModelEpoch epoch, Oracle oracle, IReadOnlyList<HeldSnapshot> held, RecallQuery query, int seed)
    {
        if (_turns.Count >= AtOnce) return;
        // Taken with the expectation: a busy machine may begin the turn only after the next removal has come and gone.
        var before = epoch.Removals;
        _turns.Add(Task.Run(() => GuardedTurnAsync(epoch, before, oracle, held, query, new Random(seed))));
    }

    /// <summary>Judges the turns that have ended.</summary>
    public async Task JudgeAsync()
    {
        foreach (var turn in _turns.Where(t => t.IsCompleted).ToList()) await JudgeAsync(turn);
    }

    /// <summary>Waits for all turns and judges them: the store may go then.</summary>
    public async Task FinishAsync()
    {
        foreach (var turn in _turns.ToList()) await JudgeAsync(turn);
    }

    private async Task JudgeAsync(Task<Action> turn)
    {
        _turns.Remove(turn);
        var judge = await turn;
        judge();
        Judged++;
    }

    // What a purge takes away goes from under readers, and what a compaction gives up from under those without a hold: what
    // they saw meanwhile, or whether it was there, is nobody's promise. That it was nothing else is for the other turns.
    private async Task<Action> GuardedTurnAsync(
        ModelEpoch epoch, (int Purges, int Compactions, int UnderWay) before, Oracle oracle, IReadOnlyList<HeldSnapshot> held, RecallQuery query,
        Random random)
    {
        try
        {
            var judge = await TurnAsync(epoch, oracle, held, query, random);
            return () =>
            {
                if (before.UnderWay == 0 && before == epoch.Removals) judge();
            };
        }
        catch (Exception e) when (
            (before.UnderWay > 0 || before != epoch.Removals)
            && e is Xunit.Sdk.XunitException or MemoryEngineException { Code: ErrorCode.Purged })
        {
            return static () => { };
        }
    }

    private async Task<Action> TurnAsync(
        ModelEpoch epoch, Oracle oracle, IReadOnlyList<HeldSnapshot> held, RecallQuery query, Random random)
    {
        var ids = oracle.Newest.Keys.Order().ToList();
        switch (random.Next(5))
        {
            case 0 when oracle.Snapshots.Count > 0:
                return await OpenSnapshotAsync(epoch, oracle.Snapshots[random.Next(oracle.Snapshots.Count)]);
            case 1 when held.Count > 0:
                await held[random.Next(held.Count)].CheckAsync(query, random);
                return static () => { };
            case 2:
                return await ListAsync(epoch);
            case 3 when ids.Count > 0:
                return await HistoryAsync(epoch, ids[random.Next(ids.Count)]);
            default:
                return await RecallAsync(epoch, query);
        }
    }

    private async Task<Action> RecallAsync(ModelEpoch epoch, RecallQuery query)
    {
        var before = clock.GetUtcNow();
        var found = await epoch.Store.RecallAsync(query);
        var after = clock.GetUtcNow();
        return () =>
        {
            // What expired meanwhile may be there or not.
            if (before == after) Comparison.Recalled(query, found, epoch.At(found.Sequence).View, before);
        };
    }

    private static async Task<Action> ListAsync(ModelEpoch epoch)
    {
        var first = epoch.Store.Stats().Sequence;
        var listing = epoch.Store.ListAsync(new ListFilter { State = null });
        var last = epoch.Store.Stats().Sequence;
        var listed = new List<MemoryVersion>();
        await foreach (var version in listing) listed.Add(version);
        return () => OneOf(epoch, first, last, oracle => Comparison.List(listed, oracle.View));
    }

    private static async Task<Action> HistoryAsync(ModelEpoch epoch, Guid id)
    {
        var first = epoch.Store.Stats().Sequence;
        var history = await epoch.Store.HistoryAsync(id);
        var last = epoch.Store.Stats().Sequence;
        return () => OneOf(epoch, first, last, oracle => Comparison.History(history, oracle.View.Find(id)));
    }

    private static async Task<Action> OpenSnapshotAsync(ModelEpoch epoch, OracleSnapshot snapshot)
    {
        var first = epoch.Store.Stats().Sequence;
        try
        {
            using var opened = epoch.Store.OpenSnapshot(snapshot.Name);
            await Comparison.ViewAsync(opened, snapshot.View);
            return static () => { };
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.NotFound)
        {
            var last = epoch.Store.Stats().Sequence;
            return () => OneOf(epoch, first, last, oracle => Assert.Null(oracle.Find(snapshot.Name)));
        }
    }

    private static void OneOf(ModelEpoch epoch, long first, long last, Action<Oracle> compare)
    {
        Exception? nearest = null;
        foreach (var oracle in epoch.Between(first, last))
        {
            try
            {
                compare(oracle);
                return;
            }
            catch (Xunit.Sdk.XunitException e)
            {
                nearest = e;
            }
        }
        throw new InvalidOperationException($"A reader saw what no moment from {first} to {last} held: {nearest?.Message}", nearest);
    }
}
