namespace MemoryEngine.CrashTests;

/// <summary>
/// Holds the snapshots of a pool whose owner was killed to what was expected of them: each that was acknowledged is there
/// and shows what it showed, none that was dropped is back, and one under way is there whole or not at all.
/// </summary>
internal sealed class SnapshotVerifier(MemoryStore store, ExpectedState expected)
{
    public async Task VerifyAsync()
    {
        var snapshots = expected.Snapshots;
        var names = store.Snapshots().Select(s => s.Name).Where(n => n.StartsWith("place-", StringComparison.Ordinal)).ToHashSet();
        var (kind, place) = snapshots.Intent;
        var isThere = kind != PoolIntentKind.None && names.Contains(snapshots.Name(place));
        if (kind is PoolIntentKind.Snapshot && isThere) snapshots.Turn(place);
        if (kind is PoolIntentKind.Drop && !isThere) snapshots.Turn(place);
        snapshots.Intent = default;

        var taken = Enumerable.Range(0, ExpectedSnapshots.Places).Where(snapshots.IsTaken).ToList();
        Assert.Equal(taken.Select(snapshots.Name).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach (var one in taken) await CompareAsync(one);
    }

    private async Task CompareAsync(int place)
    {
        using var opened = store.OpenSnapshot(expected.Snapshots.Name(place));
        var found = await PoolVerifier.ListAsync(opened);
        for (var slot = 0; slot < ExpectedState.Slots; slot++)
        {
            var (observed, wanted) = (PoolVerifier.Observe(found.GetValueOrDefault(slot)), expected.Snapshots.State(place, slot));
            // A purge under way reaches into every snapshot, or into none.
            var purged = expected.Intent(slot).Kind == IntentKind.Purge && observed == default;
            Assert.True(observed == wanted || purged, $"{opened.Info} shows slot {slot} as {observed}, expected {wanted}.");
        }
    }
}
