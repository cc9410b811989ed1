namespace MemoryEngine.CrashTests;

/// <summary>
/// Cleanup conformance: what was removed and acknowledged is handed over to nobody, whatever kills, merges, rollbacks and snapshots came
/// between: not by its text, not when it is asked for by id, not to a reader of a snapshot.
/// </summary>
internal sealed class RemovalVerifier(TemporaryPool directory)
{
    // The newest, and as many others: each is asked for several times.
    private const int Newest = 24, Others = 8;

    public async Task VerifyAsync(MemoryStore store, Random random)
    {
        using var expected = new ExpectedRemovals(directory.RemovalsFile);
        var readers = new List<IMemoryReader> { store };
        var snapshots = store.Snapshots().Take(3).Select(s => store.OpenSnapshot(s.Name)).ToList();
        readers.AddRange(snapshots);
        var all = Enumerable.Range(0, expected.Count).ToArray();
        random.Shuffle(all);
        foreach (var index in all.Take(Others).Concat(Enumerable.Range(Math.Max(0, expected.Count - Newest), Math.Min(Newest, expected.Count))).Distinct())
        {
            var removal = expected[index];
            if (removal.State == RemovalState.Removed) foreach (var reader in readers) await AskAsync(reader, removal);
        }
        foreach (var snapshot in snapshots) snapshot.Dispose();
    }

    private static async Task AskAsync(IMemoryReader reader, Removal removal)
    {
        try
        {
            if (await reader.GetAsync(removal.Memory, removal.Version) is not { } memory) return;
            Assert.True(
                !memory.IsCurrent || memory.State >= MemoryState.Quarantined, $"{removal} was acknowledged, and its state is {memory.State}.");
            var byText = new RecallQuery { Text = memory.Text[..Math.Min(memory.Text.Length, 500)], K = 20, Record = false };
            foreach (var query in new[] { byText, byText with { Pins = [new MemoryPin(removal.Memory, removal.Version)] } })
            {
                var found = (await reader.RecallAsync(query)).Memories.Any(m => m.Memory.Id == removal.Memory && m.Memory.Version == removal.Version);
                Assert.False(found, $"{removal} was acknowledged, and it is handed over.");
            }
        }
        catch (MemoryEngineException e) when (e.Code is ErrorCode.Purged or ErrorCode.NotFound)
        {
            // Purged, or given up by a compaction after a rollback: gone all the more.
        }
    }
}
