namespace MemoryEngine.CrashTests;

/// <summary>
/// The process that is killed: a few writers, each with memories of its own, writing as fast as the pool acknowledges.
/// Every acknowledgement is compared with the model, and so is what is read back right after it.
/// </summary>
internal sealed class ChildWriter(MemoryStore store, ExpectedState expected, ChildOrder order)
{
    private readonly ChildPause _pause = new(ExpectedState.Writers);
    private Task _house = Task.CompletedTask;
    private ChildKeeper _keeper = null!;
    private long _signalAt;

    public static MemoryStoreOptions Options(int seed, bool lexicalOnly) => new()
    {
        LexicalOnly = lexicalOnly,
        RecordMemoryBytes = 16L << 20,
        Durability = seed % 3 == 0 ? Durability.Process : Durability.Device,
        // Small, so that files are ended and checkpoints taken many times between two kills.
        JournalFileBytes = 96 << 10,
        CheckpointBytes = 160 << 10,
        CheckpointOnCloseBytes = 64 << 10,
        SegmentLimits = new(SealRows: 40, GraphVectors: 200),
        // So small that compactions fold transfers and outcomes between two kills.
        TransferRetentionBytes = 128 << 10,
        LeastFoldBytes = 16 << 10,
    };

    public static async Task RunAsync(ChildOrder order)
    {
        using var expected = new ExpectedState(order.StateFile);
        if (order.SignalAfter == 0) Signal.Send();
        await using var store = await MemoryStore.OpenAsync(order.Pool, Options(order.Seed, order.LexicalOnly)).ConfigureAwait(false);
        using var outcomes = new ExpectedOutcomes(order.StateFile + "-outcomes");
        using var removals = new ExpectedRemovals(order.StateFile + "-removals");
        await new ChildWriter(store, expected, order).WriteAsync(outcomes, removals).ConfigureAwait(false);
    }

    private async Task WriteAsync(ExpectedOutcomes outcomes, ExpectedRemovals removals)
    {
        _signalAt = order.SignalAfter == 0 ? -1 : expected.Acknowledged + order.SignalAfter;
        _keeper = new ChildKeeper(store, expected, _pause, order);
        var writers = Enumerable.Range(0, ExpectedState.Writers).Select(w => Task.Run(() => WriteAsync(w)))
            .Append(Task.Run(new ChildRecaller(store, outcomes, order.Seed).RunAsync))
            .Append(Task.Run(new ChildRemover(store, expected, removals, order.Seed).RunAsync));
        await (await Task.WhenAny(writers).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task WriteAsync(int writer)
    {
        var random = new Random((order.Seed * 31) + writer);
        var first = writer * ExpectedState.SlotsPerWriter;
        while (true)
        {
            if (writer == 0 && random.Next(10) == 0) await KeepAsync(random).ConfigureAwait(false);
            using var turn = await _pause.TurnAsync().ConfigureAwait(false);
            if (random.Next(12) == 0)
            {
                await RememberManyAsync(first, random).ConfigureAwait(false);
                continue;
            }
            var slot = first + random.Next(ExpectedState.SlotsPerWriter);
            await WriteOneAsync(slot, Choose(expected.State(slot), expected.Newest(slot), random), random).ConfigureAwait(false);
            if (random.Next(10) == 0) await ReadBackAsync(slot).ConfigureAwait(false);
        }
    }

    // Compaction and backups go on beside the writers; one at a time.
    private async Task KeepAsync(Random random)
    {
        await _keeper.KeepSnapshotsAsync().ConfigureAwait(false);
        if (!_house.IsCompleted || random.Next(3) > 0) return;
        await _house.ConfigureAwait(false);
        _house = Task.Run(_keeper.KeepHouseAsync);
    }

    private static Intent Choose(SlotState state, SlotState newest, Random random)
    {
        var next = NextContent(state, newest);
        if (!state.Exists && newest.Exists) return new Intent(IntentKind.Remember, next);
        if (random.Next(80) == 0 && state.Exists) return new Intent(IntentKind.Purge, 0);
        if (!state.Exists)
            return new Intent((IntentKind)random.Next((int)IntentKind.Create, (int)IntentKind.Remember + 1), next);
        var same = random.Next(5) == 0;
        if (!state.Live && random.Next(2) == 0) return new Intent(IntentKind.Restore, 0);
        if (!state.Live) return new Intent(IntentKind.Remember, same ? state.Content : next);
        return random.Next(10) switch
        {
            < 3 => new Intent(IntentKind.Forget, 0),
            < 7 => new Intent(IntentKind.Revise, same ? state.Content : next),
            _ => new Intent(IntentKind.Remember, same ? state.Content : next),
        };
    }

    // No content comes twice, so that what a rollback has hidden is never taken for what is written after it.
    private static int NextContent(SlotState state, SlotState newest) => Math.Max(state.Content, newest.Content) + 1;

    private async Task WriteOneAsync(int slot, Intent intent, Random random)
    {
        Intend(slot, intent);
        var id = expected.Id(slot);
        Durability? durability = random.Next(3) switch { 0 => Durability.Process, 1 => Durability.Device, _ => null };
        switch (intent.Kind)
        {
            case IntentKind.Forget:
                if (!await store.ForgetAsync(id).ConfigureAwait(false)) throw Wrong(slot, intent, "forgotten already");
                break;
            case IntentKind.Restore:
                if (!await store.RestoreAsync(id).ConfigureAwait(false)) throw Wrong(slot, intent, "not forgotten");
                break;
            case IntentKind.Purge:
                if (await store.PurgeAsync([id]).ConfigureAwait(false) != 1) throw Wrong(slot, intent, "purged already");
                break;
            case IntentKind.Revise:
                var version = random.Next(2) == 0 ? expected.State(slot).Version : (int?)null;
                var revised = await store.ReviseAsync(id, Content.Draft(slot, intent.Content), version).ConfigureAwait(false);
                Acknowledge(slot, Compare(slot, intent, revised));
                return;
            default:
                Acknowledge(slot, Compare(slot, intent, await store.RememberAsync(Draft(slot, intent), durability).ConfigureAwait(false)));
                return;
        }
        Acknowledge(slot, expected.State(slot).After(intent, expected.Newest(slot)));
    }

    private async Task RememberManyAsync(int first, Random random)
    {
        var slots = Enumerable.Range(first, ExpectedState.SlotsPerWriter).OrderBy(_ => random.Next()).Take(random.Next(2, 7)).ToArray();
        var intents = slots.Select(s => new Intent(IntentKind.Remember, NextContent(expected.State(s), expected.Newest(s)))).ToArray();
        for (var i = 0; i < slots.Length; i++) Intend(slots[i], intents[i]);
        var drafts = slots.Select((s, i) => Draft(s, intents[i])).ToArray();
        var results = await store.RememberManyAsync(drafts, random.Next(2) == 0 ? Durability.Process : null).ConfigureAwait(false);
        for (var i = 0; i < slots.Length; i++)
        {
            Acknowledge(slots[i], Compare(slots[i], intents[i], results[i]));
        }
    }

    private MemoryDraft Draft(int slot, Intent intent)
    {
        var draft = Content.Draft(slot, intent.Content);
        return intent.Kind switch
        {
            IntentKind.Create => draft,
            IntentKind.CreateKeyed => draft with { IdempotencyKey = Content.KeyOf(slot, intent.Content) },
            _ => draft with { Id = expected.Id(slot) },
        };
    }

    private void Intend(int slot, Intent intent)
    {
        if (intent.Kind == IntentKind.Remember && expected.Id(slot) == Guid.Empty) expected.SetId(slot, Guid.CreateVersion7());
        expected.Intend(slot, intent);
    }

    // What the pool answered, once it is what it may answer.
    private SlotState Compare(int slot, Intent intent, RememberResult result)
    {
        if (intent.Kind is IntentKind.Create or IntentKind.CreateKeyed) expected.SetId(slot, result.Id);
        var (before, newest) = (expected.State(slot), expected.Newest(slot));
        var after = before.After(intent, newest);
        var outcome = (before.Exists, Changed: after.Version != before.Version, before.Live) switch
        {
            // Of what a rollback has hidden, a compaction may have left nothing.
            (false, _, _) => newest.Exists && result.Version > 1 ? RememberOutcome.Revised : RememberOutcome.Added,
            (_, true, _) => RememberOutcome.Revised,
            (_, false, true) => RememberOutcome.Unchanged,
            _ => RememberOutcome.Restored,
        };
        var found = after with { Version = result.Version };
        if (result.Id != expected.Id(slot) || !found.IsSame(after, before) || result.Outcome != outcome)
            throw Wrong(slot, intent, $"{result}, expected {outcome} as version {after.Version}");
        return found;
    }

    private void Acknowledge(int slot, SlotState state)
    {
        expected.Acknowledge(slot, state);
        if (expected.CountAcknowledged() == _signalAt) Signal.Send();
    }

    private async Task ReadBackAsync(int slot)
    {
        var state = expected.State(slot);
        if (!state.Exists) return;
        var version = await store.GetAsync(expected.Id(slot)).ConfigureAwait(false);
        if (version is null || version.Version != state.Version || version.IsCurrent != state.Live || Content.NumberOf(version) != state.Content
            || Content.Difference(version) is not null)
            throw Wrong(slot, default, $"read back as version {version?.Version}, {version?.State}; expected {state}");
    }

    private InvalidOperationException Wrong(int slot, Intent intent, string what) =>
        new($"Memory of slot {slot} ({expected.Id(slot)}), state {expected.State(slot)}, {intent}: {what}.");
}
