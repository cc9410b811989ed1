using MemoryEngine.Evidence.Effect;
using MemoryEngine.Evidence.State;

namespace MemoryEngine.Evidence.Cleaning;

/// <summary>
/// What follows from the evidence for the states of memories: who is suspected, who goes into quarantine because it failed twice, and who
/// is removed because its harm is proven. Pure: the same evidence proposes the same, and what has been decided proposes nothing again.
/// </summary>
internal static class CleanupRules
{
    /// <summary>
    /// What a person brought back goes again when the evidence against it has grown by this factor since: the growth of a fortune from any
    /// moment on is an e-value by itself.
    /// </summary>
    public const double AgainAfter = 20;

    /// <summary>More are left to the next run.</summary>
    public const int Most = 10_000;

    /// <summary>The decisions that are due, removals first.</summary>
    /// <param name="state">The evidence.</param>
    /// <param name="now">When they are made.</param>
    /// <param name="isCurrent">Whether a version can be recalled: no other needs a decision.</param>
    public static List<Decision> Propose(EvidenceState state, DateTimeOffset now, Func<VersionKey, bool> isCurrent)
    {
        var due = new List<Decision>();
        foreach (var (key, domain, _) in state.Harmful())
        {
            // Everywhere, a memory is removed; in a domain it is kept from that domain.
            var to = domain is null ? MemoryState.Tombstoned : MemoryState.Quarantined;
            if (IsDue(key, domain, to, DecisionReason.ProvenHarm)) due.Add(Decide(state, key, domain, to, DecisionReason.ProvenHarm, now));
        }
        foreach (var key in state.Quarantinable())
        {
            if (!IsDue(key, null, MemoryState.Quarantined, DecisionReason.Failures)) continue;
            due.Add(Decide(state, key, null, MemoryState.Quarantined, DecisionReason.Failures, now));
        }
        foreach (var (key, domain, _) in state.Suspects())
        {
            if (!IsDue(key, domain, MemoryState.Suspect, DecisionReason.Suspected)) continue;
            due.Add(Decide(state, key, domain, MemoryState.Suspect, DecisionReason.Suspected, now));
        }
        foreach (var suspected in state.Decisions.All.Where(d => d is { To: MemoryState.Suspect, Reason: DecisionReason.Suspected }))
        {
            var key = new VersionKey(suspected.Memory, suspected.Version);
            if (EffectOf(state, key, suspected.Domain) is { HarmE: < MemoryEffect.WatchAt } && isCurrent(key))
                due.Add(Decide(state, key, suspected.Domain, MemoryState.Active, DecisionReason.Cleared, now));
        }
        return due.Count <= Most ? due : due[..Most];

        bool IsDue(VersionKey key, string? domain, MemoryState to, DecisionReason reason)
        {
            if (!isCurrent(key) || due.Exists(d => d.Memory == key.Memory && d.Version == key.Version && d.Domain == domain)) return false;
            // What is kept out everywhere needs no word about a domain.
            if (domain is not null && state.Decisions.StateOf(key) >= MemoryState.Quarantined) return false;
            if (state.Decisions.Find(key, domain) is not { } last) return true;
            if (last.To >= to) return false;
            if (last.Reason != DecisionReason.Person) return true;
            // A person's word stands until there is as much against it as it takes for one that nobody spoke for.
            return reason == DecisionReason.Failures
                ? state.Find(key.Memory, key.Version)!.Blamed >= last.Failures + EvidenceState.QuarantineAt
                : EffectOf(state, key, domain) is { } effect && effect.HarmE >= AgainAfter * Math.Max(1, last.EValue);
        }
    }

    /// <summary>A decision with what is known of the version at this moment.</summary>
    public static Decision Decide(
        EvidenceState state, VersionKey key, string? domain, MemoryState to, DecisionReason reason, DateTimeOffset now, string? note = null)
    {
        var known = EffectOf(state, key, domain);
        var effect = known is { Appearances: > 0 } k && double.IsFinite(k.Estimate) ? k.Shown : (double?)null;
        return new Decision
        {
            Memory = key.Memory,
            Version = key.Version,
            Domain = domain,
            From = state.Decisions.StateOf(key, domain),
            To = to,
            Reason = reason,
            At = now,
            EValue = known?.HarmE ?? 1,
            Effect = effect,
            EffectInterval = effect is null ? new Interval(-1, 1) : known!.Value.EstimateInterval(),
            Appearances = known?.Appearances ?? 0,
            Failures = state.Find(key.Memory, key.Version)?.Blamed ?? 0,
            Note = note,
        };
    }

    private static MemoryEffect? EffectOf(EvidenceState state, VersionKey key, string? domain)
    {
        if (state.Find(key.Memory, key.Version) is not { } memory) return null;
        if (domain is null) return memory.Overall?.Effect;
        return memory.ByDomain.TryGetValue(domain, out var local) ? local.Effect : null;
    }
}
