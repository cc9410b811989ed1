using System.Collections.Concurrent;
using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Evidence.State;

/// <summary>
/// What recalls ask of the evidence: for each memory version one object, exchanged for another when anything about it has changed but how
/// often it was handed over. Asking takes no locks; whoever folds events writes.
/// </summary>
internal sealed class EvidenceBoard : IMemoryEvidence
{
    /// <summary>Estimates in points of a hundred.</summary>
    private const double Points = 100;

    private readonly ConcurrentDictionary<VersionKey, Known> _known = new(concurrencyLevel: 1, capacity: 31);
    private readonly HashSet<VersionKey> _touched = [];
    private Dictionary<string, double> _influence = new(StringComparer.Ordinal);
    private int _advised;

    /// <inheritdoc/>
    public TransferMode? AdvisedMode => (TransferMode)Volatile.Read(ref _advised) is var mode and not TransferMode.Auto ? mode : null;

    /// <inheritdoc/>
    public MemoryStanding Standing(Guid memory, int version, string targetDomain)
    {
        if (!_known.TryGetValue(new VersionKey(memory, version), out var known)) return MemoryStanding.Good;
        var (overall, domains) = (known.Belief.Overall, known.Belief.ByDomain);
        return overall < MemoryStanding.Harmful && domains is not null && domains.TryGetValue(targetDomain, out var local) && local > overall
            ? local
            : overall;
    }

    /// <inheritdoc/>
    public double? EffectLowerBound(Guid memory, int version, string targetDomain) =>
        _known.TryGetValue(new VersionKey(memory, version), out var known) ? known.Belief.LowerBound : null;

    /// <inheritdoc/>
    public double Influence(string? contributor) =>
        contributor is { Length: > 0 } && Volatile.Read(ref _influence).TryGetValue(contributor, out var influence) ? influence : 1;

    /// <inheritdoc/>
    public long Appearances(Guid memory, int version) =>
        _known.TryGetValue(new VersionKey(memory, version), out var known) ? Volatile.Read(ref known.Injected) : 0;

    /// <inheritdoc/>
    public MemoryState StateOf(Guid memory, int version) =>
        _known.TryGetValue(new VersionKey(memory, version), out var known) ? known.Belief.State : MemoryState.Active;

    /// <inheritdoc/>
    public bool IsWatched(Guid memory, int version) => !_known.TryGetValue(new VersionKey(memory, version), out var known) || known.Belief.IsWatched;

    /// <summary>What evidence recommends from now on; null for nothing.</summary>
    public void Advise(TransferMode? mode) => Volatile.Write(ref _advised, (int)(mode ?? TransferMode.Auto));

    /// <summary>Something about a version has changed.</summary>
    public void Touch(VersionKey version) => _touched.Add(version);

    /// <summary>Shows what has changed since the last time.</summary>
    public void Publish(EvidenceState state)
    {
        foreach (var version in _touched) Show(state, version, _known.GetValueOrDefault(version)?.Belief.LowerBound);
        _touched.Clear();
    }

    /// <summary>Shows everything, with effects as they are believed now.</summary>
    public void PublishAll(EvidenceState state)
    {
        _touched.Clear();
        // One that nobody changes any more, for readers without a lock.
        var credits = state.Credits;
        Volatile.Write(
            ref _influence,
            credits.Contributors().ToDictionary(c => c.Contributor, c => credits.Influence(c.Contributor), StringComparer.Ordinal));
        var pooled = state.Pooled();
        foreach (var version in state.Memories.Keys)
            Show(state, version, state.Memories[version].Overall is null ? null : Points * pooled[version].LowerBound());
        foreach (var version in state.Decisions.Versions.Where(v => !pooled.ContainsKey(v))) Show(state, version, null);
    }

    private void Show(EvidenceState state, VersionKey version, double? lowerBound)
    {
        var memory = state.Find(version.Memory, version.Version);
        var overall = Worse(Judge(memory?.Overall), Decided(state.Decisions.StateOf(version)));
        Dictionary<string, MemoryStanding>? domains = null;
        // Not as an enumeration, which would be some two hundred bytes for each candidate of each recall.
        for (var i = 0; i < memory?.ByDomain.Count; i++) Note(memory.ByDomain.GetKeyAtIndex(i), Judge(memory.ByDomain.GetValueAtIndex(i)));
        foreach (var decision in state.Decisions.Of(version))
        {
            if (decision.Domain is not { } domain) continue;
            // What is in quarantine for one domain is harmful there.
            var decided = Decided(decision.To);
            Note(domain, decided == MemoryStanding.Quarantined ? MemoryStanding.Harmful : decided);
        }
        var isWatched = memory?.Overall is not { Effect.IsWatched: false };
        var belief = new Belief(state.Decisions.StateOf(version), overall, domains, lowerBound, isWatched);
        var injected = memory?.Injected ?? 0;
        // Of most candidates a recall says nothing new, and of those that it hands over no more than that it does.
        if (_known.TryGetValue(version, out var known) && known.Belief == belief) Volatile.Write(ref known.Injected, injected);
        else _known[version] = new Known(belief) { Injected = injected };

        void Note(string domain, MemoryStanding standing)
        {
            if (standing == MemoryStanding.Good) return;
            domains ??= new Dictionary<string, MemoryStanding>(StringComparer.Ordinal);
            domains[domain] = Worse(standing, domains.GetValueOrDefault(domain));
        }
    }

    private static MemoryStanding Judge(JudgedEffect? effect) =>
        effect is { Effect.HarmE: >= MemoryEffect.SuspectAt } ? MemoryStanding.Suspect : MemoryStanding.Good;

    private static MemoryStanding Decided(MemoryState state) => state switch
    {
        MemoryState.Quarantined or MemoryState.Tombstoned => MemoryStanding.Quarantined,
        MemoryState.Suspect => MemoryStanding.Suspect,
        _ => MemoryStanding.Good,
    };

    private static MemoryStanding Worse(MemoryStanding a, MemoryStanding b) => a > b ? a : b;

    private readonly record struct Belief(
        MemoryState State, MemoryStanding Overall, Dictionary<string, MemoryStanding>? ByDomain, double? LowerBound, bool IsWatched);

    private sealed class Known(Belief belief)
    {
        public readonly Belief Belief = belief;

        public long Injected;
    }
}
