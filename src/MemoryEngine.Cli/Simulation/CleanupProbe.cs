namespace MemoryEngine.Cli.Simulation;

/// <summary>How many removals took effect.</summary>
/// <param name="Removals">Memories that were taken out.</param>
/// <param name="Gone">Those that no probe finds any more.</param>
internal readonly record struct CleanupFigures(int Removals, int Gone);

/// <summary>
/// Takes the removals of a simulated run to a real pool, in a directory of its own, and looks for what was removed: by its id, by its
/// own text among what is recalled, and in the list of what is active. Words and vectors are both searched by that text.
/// </summary>
internal static class CleanupProbe
{
    private const int Recalled = 20;

    public static async Task<CleanupFigures> RunAsync(SimulatedWorld world, IReadOnlyList<int> removed, CancellationToken cancellation)
    {
        if (removed.Count == 0) return default;
        var directory = Directory.CreateTempSubdirectory("memengine-simulate-");
        try
        {
            var options = new MemoryStoreOptions { OwnerName = "memengine simulate", CreateIfMissing = true };
            await using var store = await MemoryStore.OpenAsync(directory.FullName, options, cancellation);
            var drafts = world.Ids.Select((id, i) => new MemoryDraft { Id = id, Text = TextOf(i), Domain = "simulated" });
            await store.RememberManyAsync([.. drafts], cancellationToken: cancellation);
            foreach (var memory in removed)
            {
                if (!await IsFoundAsync(store, world.Ids[memory], memory, cancellation))
                    throw new InvalidOperationException($"The simulated memory {memory} is not found before its removal.");
                await store.ForgetAsync(world.Ids[memory], cancellation);
            }
            var gone = 0;
            foreach (var memory in removed)
                if (!await IsFoundAsync(store, world.Ids[memory], memory, cancellation)) gone++;
            return new CleanupFigures(removed.Count, gone);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<bool> IsFoundAsync(MemoryStore store, Guid id, int memory, CancellationToken cancellation)
    {
        if (await store.GetAsync(id, cancellationToken: cancellation) is { State: MemoryState.Active }) return true;
        var query = new RecallQuery { Text = TextOf(memory), K = Recalled };
        var recalled = await store.RecallAsync(query, cancellation);
        return recalled.Memories.Any(m => m.Memory.Id == id);
    }

    // A word of its own, so that its own text is the best way to find it.
    private static string TextOf(int memory) => $"Simulated lesson lesson{memory}: what was learned on task task{memory}.";
}
