namespace MemoryEngine.CrashTests;

/// <summary>
/// Beside the writers: one who removes memories, by evidence and by its own word, and now and then brings one back. Whatever it removes it
/// asks for at once, by id and by its text.
/// </summary>
internal sealed class ChildRemover(MemoryStore store, ExpectedState memories, ExpectedRemovals expected, int seed)
{
    private readonly Random _random = new(seed ^ 0x0DE1E7E);

    public async Task RunAsync()
    {
        while (true)
        {
            try
            {
                if (expected.Count > 0 && _random.Next(8) == 0) await RestoreAsync().ConfigureAwait(false);
                else await RemoveAsync().ConfigureAwait(false);
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Purged)
            {
                // The memory's own writer has forgotten or purged it meanwhile.
            }
            // The others are to get somewhere too.
            await Task.Delay(_random.Next(4)).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync()
    {
        var id = memories.Id(_random.Next(ExpectedState.Slots));
        if (id == Guid.Empty || await store.GetAsync(id).ConfigureAwait(false) is not { IsCurrent: true, State: MemoryState.Active } memory) return;
        if (_random.Next(3) == 0)
        {
            for (var i = 0; i < 2; i++) await FailAsync(id).ConfigureAwait(false);
            foreach (var action in (await store.CleanUpAsync().ConfigureAwait(false)).Actions.Where(a => a.IsGone is not null))
            {
                expected.Acknowledge(action.Decision.Memory, action.Decision.Version);
                if (action.FoundBy is { } found) throw new InvalidOperationException($"{action.Decision.Memory} was removed and is found by {found}.");
            }
            return;
        }
        if (!await store.QuarantineAsync(id, "a crash test").ConfigureAwait(false)) return;
        // Whichever version was current then: the decision says it.
        foreach (var watch in await store.DecisionsAsync().ConfigureAwait(false))
        {
            if (watch.Decision.Memory != id || watch.Decision.To != MemoryState.Quarantined || watch.Decision.Version < memory.Version) continue;
            expected.Acknowledge(id, watch.Decision.Version);
            await AskAsync(memory, watch.Decision.Version).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(MemoryVersion memory, int version)
    {
        var text = memory.Text[..Math.Min(memory.Text.Length, 500)];
        var result = await store.RecallAsync(new RecallQuery { Text = text, K = 20, Record = false, Pins = [new MemoryPin(memory.Id)] }).ConfigureAwait(false);
        if (result.Memories.Any(m => m.Memory.Id == memory.Id && m.Memory.Version == version))
            throw new InvalidOperationException($"{memory.Id} was removed and handed over.");
    }

    private async Task RestoreAsync()
    {
        var id = expected[_random.Next(expected.Count)].Memory;
        expected.Restore(id);
        // Of a forgotten one this would bring back the memory, which is its writer's affair.
        if (await store.GetAsync(id).ConfigureAwait(false) is { IsCurrent: true, State: MemoryState.Quarantined } and { } kept)
            await store.DecideAsync(kept.Id, MemoryState.Active, null).ConfigureAwait(false);
    }

    private async Task FailAsync(Guid id)
    {
        var task = $"task {_random.NextInt64()}";
        RecallResult control;
        do
        {
            var query = new RecallQuery { Text = "memory", Task = task, Experiment = new() { HoldOutShare = 0.99 } };
            control = await store.RecallAsync(query).ConfigureAwait(false);
        }
        while (!control.IsHeldOut);
        await store.ReportAsync(new Outcome { Transfer = control.Transfer!.Value, Score = 1 }, Durability.Process).ConfigureAwait(false);
        var run = await store.RecallAsync(new RecallQuery { Text = "memory", Task = task, K = 1, Pins = [new MemoryPin(id)] }).ConfigureAwait(false);
        await store.ReportAsync(new Outcome { Transfer = run.Transfer!.Value, Score = 0, Used = [id] }, Durability.Process).ConfigureAwait(false);
    }
}
