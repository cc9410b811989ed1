using MemoryEngine.Evidence.State;

namespace MemoryEngine.Evidence.Cleaning;

/// <summary>
/// Keeps the share of traces down: they help with one task, mislead elsewhere, and pile up. Over a tenth of the pool, those that nobody
/// used go into quarantine, the longest unused first, until the share is met or no unused ones are left.
/// </summary>
internal static class TraceUpkeep
{
    /// <summary>The largest share of traces among active memories: the article's.</summary>
    public const double MostTraces = 0.1;

    /// <summary>Younger ones have had no chance yet.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    /// <summary>What was handed over within it is in use.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    /// <summary>In a pool with fewer recorded recalls nobody knows what is in use.</summary>
    public const int LeastTransfers = 100;

    /// <summary>The decisions that are due.</summary>
    /// <param name="state">The evidence.</param>
    /// <param name="active">Every active memory in its current version.</param>
    /// <param name="now">When they are made.</param>
    public static List<Decision> Propose(EvidenceState state, IReadOnlyList<ActiveMemory> active, DateTimeOffset now)
    {
        if (state.Open.Count + state.Open.Forgotten < LeastTransfers) return [];
        var traces = active.Where(m => m.Level == MemoryLevel.Trace).ToList();
        // So many have to go that the rest is a tenth of what is left.
        var surplus = (int)Math.Ceiling((traces.Count - (MostTraces * active.Count)) / (1 - MostTraces));
        if (surplus <= 0) return [];
        var from = (now - Window).UtcTicks / TimeSpan.TicksPerMicrosecond;
        return
        [
            .. traces
                .Where(m => m.CreatedAt <= now - Grace)
                .Select(m => (Memory: m, Last: state.Find(m.Memory, m.Version)?.Last.Injected ?? 0))
                .Where(m => m.Last < from && !IsSpokenFor(state, m.Memory))
                .OrderBy(m => m.Last).ThenBy(m => m.Memory.CreatedAt).ThenBy(m => m.Memory.Memory)
                .Take(Math.Min(surplus, CleanupRules.Most))
                .Select(m => CleanupRules.Decide(
                    state, new VersionKey(m.Memory.Memory, m.Memory.Version), null, MemoryState.Quarantined, DecisionReason.UnusedTrace, now)),
        ];
    }

    private static bool IsSpokenFor(EvidenceState state, ActiveMemory memory) =>
        state.Decisions.Find(new VersionKey(memory.Memory, memory.Version)) is { Reason: DecisionReason.Person };
}
