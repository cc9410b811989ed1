namespace MemoryEngine.CrashTests;

/// <summary>
/// The process that is killed: a few writers, each with memories of its own, writing as fast as the pool acknowledges.
/// Every acknowledgement is compared with the model, and so is what is read back right after it.
/// </summary>
internal sealed class ChildWriter(MemoryStore store, ExpectedState expected, ChildOrder order)
{
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
    };

    public static async Task RunAsync(ChildOrder order)
    {
        using var expected = new ExpectedState(order.StateFile);
        if (order.SignalAfter == 0) Signal.Send();
        await using var store = await MemoryStore.OpenAsync(order.Pool, Options(order.Seed, order.LexicalOnly)).ConfigureAwait(false);
        await new ChildWriter(store, expected, order).WriteAsync().ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        _signalAt = order.SignalAfter == 0 ? -1 : expected.Acknowledged + order.SignalAfter;
        var writers = Enumerable.Range(0, ExpectedState.Writers).Select(w => Task.Run(() => WriteAsync(w)));
        await (await Task.WhenAny(writers).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task WriteAsync(int writer)
    {
        var random = new Random((order.Seed * 31) + writer);
        var first = writer * ExpectedState.SlotsPerWriter;
        while (true)
        {
            if (random.Next(12) == 0)
            {
                await RememberManyAsync(first, random).ConfigureAwait(false);
                continue;
            }
            var slot = first + random.Next(ExpectedState.SlotsPerWriter);
            await WriteOneAsync(slot, Choose(expected.State(slot), random), random).ConfigureAwait(false);
            if (random.Next(10) == 0) await ReadBackAsync(slot).ConfigureAwait(false);
        }
    }

    private static Intent Choose(SlotState state, Random random)
    {
        var next = state.Content + 1;
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
            case IntentKind.Revise:
                var version = random.Next(2) == 0 ? expected.State(slot).Version : (int?)null;
                Compare(slot, intent, await store.ReviseAsync(id, Content.Draft(slot, intent.Content), version).ConfigureAwait(false));
                break;
            default:
                Compare(slot, intent, await store.RememberAsync(Draft(slot, intent), durability).ConfigureAwait(false));
                break;
        }
        Acknowledge(slot, intent);
    }

    private async Task RememberManyAsync(int first, Random random)
    {
        var slots = Enumerable.Range(first, ExpectedState.SlotsPerWriter).OrderBy(_ => random.Next()).Take(random.Next(2, 7)).ToArray();
        var intents = slots.Select(s => new Intent(IntentKind.Remember, expected.State(s).Content + 1)).ToArray();
        for (var i = 0; i < slots.Length; i++) Intend(slots[i], intents[i]);
        var drafts = slots.Select((s, i) => Draft(s, intents[i])).ToArray();
        var results = await store.RememberManyAsync(drafts, random.Next(2) == 0 ? Durability.Process : null).ConfigureAwait(false);
        for (var i = 0; i < slots.Length; i++)
        {
            Compare(slots[i], intents[i], results[i]);
            Acknowledge(slots[i], intents[i]);
        }
    }

    private MemoryDraft Draft(int slot, Intent intent)
    {
        var draft = Content.Draft(slot, intent.Content);
        return intent.Kind switch
        {
            IntentKind.Create => draft,
            IntentKind.CreateKeyed => draft with { IdempotencyKey = Content.KeyOf(slot) },
            _ => draft with { Id = expected.Id(slot) },
        };
    }

    private void Intend(int slot, Intent intent)
    {
        if (intent.Kind == IntentKind.Remember && expected.Id(slot) == Guid.Empty) expected.SetId(slot, Guid.CreateVersion7());
        expected.Intend(slot, intent);
    }

    private void Compare(int slot, Intent intent, RememberResult result)
    {
        if (intent.Kind is IntentKind.Create or IntentKind.CreateKeyed) expected.SetId(slot, result.Id);
        var before = expected.State(slot);
        var after = before.After(intent);
        var outcome = (before.Exists, Changed: after.Version != before.Version, before.Live) switch
        {
            (false, _, _) => RememberOutcome.Added,
            (_, true, _) => RememberOutcome.Revised,
            (_, false, true) => RememberOutcome.Unchanged,
            _ => RememberOutcome.Restored,
        };
        if (result.Id != expected.Id(slot) || result.Version != after.Version || result.Outcome != outcome)
            throw Wrong(slot, intent, $"{result}, expected {outcome} as version {after.Version}");
    }

    private void Acknowledge(int slot, Intent intent)
    {
        expected.Acknowledge(slot, expected.State(slot).After(intent));
        if (expected.CountAcknowledged() == _signalAt) Signal.Send();
    }

    private async Task ReadBackAsync(int slot)
    {
        var state = expected.State(slot);
        var version = await store.GetAsync(expected.Id(slot)).ConfigureAwait(false);
        if (version is null || version.Version != state.Version || version.IsCurrent != state.Live || Content.NumberOf(version) != state.Content
            || Content.Difference(version) is not null)
            throw Wrong(slot, default, $"read back as version {version?.Version}, {version?.State}; expected {state}");
    }

    private InvalidOperationException Wrong(int slot, Intent intent, string what) =>
        new($"Memory of slot {slot} ({expected.Id(slot)}), state {expected.State(slot)}, {intent}: {what}.");
}
