namespace MemoryEngine.Tests.Model;

/// <summary>Remembering, revising, forgetting, restoring.</summary>
internal sealed partial class ModelRun
{
    private async Task RememberAsync(MemoryDraft draft)
    {
        if (draft.Id is null && _ids.Count >= MostMemories) draft = draft with { Id = Writable() };
        var durability = _random.Next(3) == 0 ? Durability.Process : Durability.Device;
        RememberResult result = default;
        if (!await TryAsync(async () => result = await Store.RememberAsync(draft, durability))) return;
        Assert.Equal(_oracle.Expect(result.Id, draft), (result.Outcome, result.Version));
        if (!_ids.Contains(result.Id)) _ids.Add(result.Id);
        Note(_oracle.Remember(result.Id, draft, result), durability);
    }

    private async Task RememberAgainAsync()
    {
        if (Writable() is not { } id || !_oracle.Newest.TryGetValue(id, out var newest)) return;
        // What the present knows, or what lies where a rollback has put it.
        var version = _oracle.View.Find(id) is { } memory && _random.Next(3) > 0 ? memory.Versions[_random.Next(2) == 0 ? ^1 : 0] : newest;
        await RememberAsync(version.Draft with { Id = id, IdempotencyKey = null });
    }

    private async Task RepeatKeyAsync()
    {
        if (_oracle.Keys.Count == 0) return;
        var (draft, result) = _oracle.Keys.OrderBy(k => k.Key, StringComparer.Ordinal).ElementAt(_random.Next(_oracle.Keys.Count)).Value;
        var before = Store.Stats().Sequence;
        if (draft.Id is { } id && _oracle.Purged.Contains(id))
        {
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await Store.RememberAsync(draft)));
            return;
        }
        // Also of a memory that was purged since, where the caller never knew its id.
        Assert.Equal(result, await Store.RememberAsync(draft));
        var other = draft with { Text = "other content" };
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await Store.RememberAsync(other)));
        Assert.Equal(before, Store.Stats().Sequence);
    }

    private async Task ReviseAsync()
    {
        if (Writable() is not { } id) return;
        var draft = NewDraft(id);
        if (!_oracle.Newest.TryGetValue(id, out var newest))
        {
            // Lost with the power before it was durable.
            Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await Store.ReviseAsync(id, draft)));
            return;
        }
        var live = _oracle.View.Find(id) is { Live: true } memory ? memory.Newest : null;
        var seen = (live ?? newest).Version;
        var expected = _random.Next(3) switch { 0 => seen, 1 => seen + 1, _ => (int?)null };
        if (live is null || (expected is { } e && e != seen))
        {
            Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await Store.ReviseAsync(id, draft, expected)));
            return;
        }
        RememberResult result = default;
        if (!await TryAsync(async () => result = await Store.ReviseAsync(id, draft, expected))) return;
        Assert.Equal(newest.Version + 1, result.Version);
        Note(_oracle.Remember(id, draft, result));
    }

    private async Task LiveAsync(bool restore)
    {
        if (Writable() is not { } id) return;
        var memory = _oracle.View.Find(id);
        if (memory is null && !(restore && _oracle.Newest.ContainsKey(id)))
        {
            Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await ChangeAsync()));
            return;
        }
        var changed = false;
        if (!await TryAsync(async () => changed = await ChangeAsync())) return;
        Assert.Equal(restore != memory is { Live: true }, changed);
        if (changed) Note(restore ? _oracle.Restore(id) : _oracle.Forget(id));

        ValueTask<bool> ChangeAsync() => restore ? Store.RestoreAsync(id) : Store.ForgetAsync(id);
    }
}
