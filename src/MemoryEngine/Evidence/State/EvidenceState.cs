using MemoryEngine.Evidence.Credit;
using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Evidence.State;

/// <summary>
/// Everything that a pool knows about the effect of its memories, folded from transfers and outcomes in the order of the journal. The
/// same events give the same state to the last digit, whether they are folded at once, one by one, or around a state that was written
/// and read again. Not thread-safe.
/// </summary>
internal sealed class EvidenceState
{
    /// <summary>The share of wrong ones among the memories it would remove.</summary>
    public const double Alpha = 0.05;

    /// <summary>Losses that a memory had a stated part in before it is quarantined.</summary>
    public const int QuarantineAt = 2;

    private readonly EvidenceLimits _limits;
    private readonly Dictionary<VersionKey, MemoryEvidence> _memories = [];
    private readonly SortedDictionary<string, BaseRate> _rates = new(StringComparer.Ordinal);
    private BaseRate _rate;
    private long _judged;

    /// <summary>Nothing has happened yet.</summary>
    public EvidenceState(EvidenceLimits? limits = null)
    {
        _limits = limits ?? new EvidenceLimits();
        Open = new OpenTransfers(_limits.Transfers, _limits.WholeTransfers);
        Sums = new PoolSums(_limits.Groups);
        Runs = new TaskRuns(_limits.TaskRuns);
    }

    /// <summary>Transfers that an outcome may name.</summary>
    public OpenTransfers Open { get; }

    /// <summary>Sums over outcomes.</summary>
    public PoolSums Sums { get; }

    /// <summary>Runs of the same tasks, paired.</summary>
    public TaskRuns Runs { get; }

    /// <summary>Who gave what is worth having.</summary>
    public CreditLedger Credits { get; } = new();

    /// <summary>What was decided about memory versions.</summary>
    public DecisionTable Decisions { get; } = new();

    /// <summary>Outcomes that a verifier has told so far.</summary>
    public long Outcomes { get; private set; }

    /// <summary>All memory versions that a transfer has considered.</summary>
    public IReadOnlyDictionary<VersionKey, MemoryEvidence> Memories => _memories;

    /// <summary>What is known of one version; null where no transfer has considered it.</summary>
    public MemoryEvidence? Find(Guid memory, int version) => _memories.GetValueOrDefault(new VersionKey(memory, version));

    /// <summary>Whether a transfer or a decision tells of a version.</summary>
    public bool Knows(Guid memory, int version) =>
        Find(memory, version) is not null || Decisions.Contains(new VersionKey(memory, version));

    /// <summary>Folds a transfer. One whose id is known already changes nothing.</summary>
    public void Apply(Transfer transfer)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        if (!Open.TryAdd(transfer)) return;
        var at = transfer.At.UtcTicks / TimeSpan.TicksPerMicrosecond;
        // By number, here and wherever else a recall comes by: an enumerator is an object, and there were a dozen for each recall.
        for (var i = 0; i < transfer.Candidates.Count; i++)
        {
            var candidate = transfer.Candidates[i];
            var memory = Of(candidate);
            var isInjected = candidate.Fate == CandidateFate.Injected;
            memory.Retrieved++;
            if (isInjected) memory.Injected++;
            memory.Last = (at, isInjected ? at : memory.Last.Injected, memory.Last.Used);
            ref var use = ref Sums.Uses[PoolSums.UseAt(transfer.Mode, candidate.Level)];
            use.Retrieved++;
            if (isInjected) use.Injected++;
            if (IsDrawn(transfer, candidate)) CountDrawn(isInjected, isKnown: false);
        }
    }

    /// <summary>Folds an outcome, once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The score is not between 0 and 1, or a figure is negative or no number.</exception>
    /// <exception cref="ArgumentException">A model judged, and is not named.</exception>
    public OutcomeAnswer Apply(Outcome outcome)
    {
        OutcomeRules.Check(outcome);
        var (result, transfer) = Open.Answer(outcome);
        if (transfer is null) return new OutcomeAnswer(result, []);
        var notInjected = new List<Guid>();
        var used = new List<TransferCandidate>();
        foreach (var id in outcome.Used.Distinct())
        {
            if (transfer.Candidates.FirstOrDefault(c => c.Memory == id && c.Fate == CandidateFate.Injected) is { } candidate) used.Add(candidate);
            else notInjected.Add(id);
        }
        CountUses(transfer, used);
        if (outcome.Judge == OutcomeJudge.Verifier) Learn(transfer, outcome, used);
        else Sums.AddJudged(outcome.JudgeModel!, IsControl(transfer), outcome.Score);
        return new OutcomeAnswer(result, notInjected);
    }

    /// <summary>
    /// Folds a decision: what was removed for proven harm, overall (no domain) or in a domain, keeps the e-value with which it was
    /// removed, as the rule that chose it needs; what was brought back goes on from there.
    /// </summary>
    public void Apply(Decision decision)
    {
        var key = new VersionKey(decision.Memory, decision.Version);
        var group = decision.Domain is { } domain ? (GainGroup.Domain, domain) : (GainGroup.All, "");
        Decisions.Apply(decision, Sums.Gains.GetValueOrDefault(group));
        var isRemoved = decision.To >= MemoryState.Quarantined;
        if (!isRemoved || decision.Reason == DecisionReason.ProvenHarm)
            _memories.GetValueOrDefault(key)?.Freeze(decision.Domain, isRemoved);
    }

    /// <summary>
    /// Memories to be removed, overall or in a domain (null: overall), by e-BH over everything that is judged, each with the share of
    /// the error that its number gives it (<see cref="ErrorBudget"/>).
    /// </summary>
    public IReadOnlyList<(VersionKey Memory, string? Domain, double EValue)> Harmful()
    {
        var judged = Judged().ToList();
        // With equal shares this is plain e-BH; a share other than 1/n makes the e-value count for more or less.
        double[] values = [.. judged.Select(j => j.Effect.Effect.HarmE * ErrorBudget.Share(j.Effect.Number) * judged.Count)];
        var threshold = EBenjaminiHochberg.Threshold(values, Alpha);
        return [.. judged.Where((_, i) => values[i] >= threshold).Select(j => (j.Memory, j.Domain, j.Effect.Effect.HarmE))];
    }

    /// <summary>Memories whose evidence of harm has reached 20, overall or in a domain.</summary>
    public IReadOnlyList<(VersionKey Memory, string? Domain, double EValue)> Suspects() =>
        [.. Judged().Where(j => j.Effect.Effect.HarmE >= MemoryEffect.SuspectAt).Select(j => (j.Memory, j.Domain, j.Effect.Effect.HarmE))];

    /// <summary>
    /// Memories for the fast quarantine, which can be undone and so needs no proof: two tasks failed with them, by a verifier's word and
    /// with stated use, and passed without.
    /// </summary>
    public IReadOnlyList<VersionKey> Quarantinable() => [.. _memories.Where(m => m.Value.Blamed >= QuarantineAt).Select(m => m.Key).Order()];

    /// <summary>What is believed of each judged memory overall once those of its level and domain are looked at too.</summary>
    public IReadOnlyDictionary<VersionKey, PooledEffect> Pooled()
    {
        VersionKey[] keys = [.. _memories.Keys.Order()];
        var raw = keys.Select(key => _memories[key]).Select(m => m.Overall is { } o
            ? new RawEffect(o.Effect.Estimate, o.Effect.StandardError, m.Level, m.Domain)
            : new RawEffect(double.NaN, double.PositiveInfinity, m.Level, m.Domain));
        return keys.Zip(PartialPooling.Fit([.. raw])).ToDictionary();
    }

    /// <summary>Writes all of it; the same state gives the same bytes.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write(_judged);
        Write(to, _rate);
        to.Write(_rates.Count);
        foreach (var (domain, rate) in _rates)
        {
            to.Write(domain);
            Write(to, rate);
        }
        to.Write(_memories.Count);
        foreach (var key in _memories.Keys.Order())
        {
            key.Write(to);
            _memories[key].Write(to);
        }
        Sums.Write(to);
        Runs.Write(to);
        Open.Write(to);
        Credits.Write(to);
        Decisions.Write(to);
        to.Write(Outcomes);
    }

    /// <summary>
    /// Reads what <see cref="Write(BinaryWriter)"/> wrote. Transfers that wait for an outcome are the journal's to keep: they are read
    /// by <see cref="OpenTransfers.Load"/>.
    /// </summary>
    public static EvidenceState Read(BinaryReader from, EvidenceLimits? limits = null)
    {
        var read = new EvidenceState(limits) { _judged = from.ReadInt64(), _rate = ReadRate(from) };
        for (var left = from.ReadInt32(); left > 0; left--) read._rates.Add(from.ReadString(), ReadRate(from));
        for (var left = from.ReadInt32(); left > 0; left--)
            read._memories.Add(VersionKey.Read(from), MemoryEvidence.Read(from));
        read.Sums.Read(from);
        read.Runs.Read(from);
        read.Open.Read(from);
        read.Credits.Read(from);
        read.Decisions.Read(from);
        read.Outcomes = from.ReadInt64();
        return read;
    }

    private static bool IsControl(Transfer transfer) => transfer.IsHeldOut;

    /// <summary>
    /// Whether chance alone decided about it. Where a whole recall is held out, memories go or stay together, so that one would be
    /// measured by what others do.
    /// </summary>
    private static bool IsDrawn(Transfer transfer, TransferCandidate candidate) =>
        !transfer.IsHeldOut && candidate is { Fate: CandidateFate.Injected or CandidateFate.Withheld, Probability: > 0 and < 1 };

    private void Learn(Transfer transfer, Outcome outcome, List<TransferCandidate> used)
    {
        Outcomes++;
        var (domain, score) = (transfer.TargetDomain, outcome.Score);
        var local = _rates.GetValueOrDefault(domain);
        var expected = local.Expect(_rate.Expect());
        foreach (var candidate in transfer.Candidates)
        {
            if (!IsDrawn(transfer, candidate)) continue;
            var isInjected = candidate.Fate == CandidateFate.Injected;
            Of(candidate).Add(domain, score, expected, candidate, _limits.DomainsPerMemory, () => ++_judged);
            CountDrawn(isInjected, isKnown: true);
            var worth = CreditLedger.Worth(score, expected, isInjected, candidate.Probability);
            Credits.Add(new MemoryCredit(transfer.Id, candidate.Memory, candidate.Version, candidate.Contributor ?? "", worth));
        }
        _rate.Add(score);
        local.Add(score);
        if (_rates.Count < _limits.Groups || _rates.ContainsKey(domain)) _rates[domain] = local;
        if (outcome.Failure != FailureClass.None) Sums.Failures[(int)outcome.Failure]++;
        VersionKey[] stated = outcome.IsUsedInferred ? [] : [.. used.Select(c => new VersionKey(c.Memory, c.Version))];
        foreach (var blamed in Runs.Add(transfer, outcome.IsPass, stated)) _memories[blamed].Blamed++;
        CountGroups(transfer, outcome);
    }

    private void CountGroups(Transfer transfer, Outcome outcome)
    {
        var (isControl, score) = (IsControl(transfer), outcome.Score);
        Sums.Add(GainGroup.All, "", isControl, score);
        Sums.Add(GainGroup.Domain, transfer.TargetDomain, isControl, score);
        Sums.Add(GainGroup.PoolSize, PoolSums.SizeOf(transfer.PoolTasks), isControl, score);
        Sums.Add(GainGroup.Mode, transfer.Mode.ToString(), isControl, score);
        Sums.Add(GainGroup.Consumer, transfer.ConsumerModel ?? "", isControl, score);
        Sums.Add(GainGroup.Modality, transfer.Modality, isControl, score);
        Sums.AddFigure(RunFigure.Tokens, isControl, outcome.Tokens);
        Sums.AddFigure(RunFigure.Seconds, isControl, outcome.Seconds);
        Sums.AddFigure(RunFigure.Steps, isControl, outcome.Steps);
        Sums.AddFigure(RunFigure.FirstEditSeconds, isControl, outcome.FirstEditSeconds);
        Sums.AddFigure(RunFigure.Cost, isControl, outcome.Cost);
        if (isControl) return;
        var seen = 0;
        var producers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var candidate in transfer.Candidates)
        {
            if (candidate.Fate != CandidateFate.Injected) continue;
            // A transfer counts once for a level, and once for a producer, however many memories it handed over.
            var level = 1 << (int)candidate.Level;
            if (!DomainPath.IsOwn(candidate.Domain, transfer.TargetDomain) && (seen & level) == 0)
            {
                seen |= level;
                ref var mean = ref Sums.AcrossDomains[(int)candidate.Level];
                mean = mean.Add(score);
            }
            if (candidate.ProducerModel is { } producer && transfer.ConsumerModel is { } consumer && producers.Add(producer))
                Sums.AddCrossModel(producer, consumer, score);
        }
    }

    private void CountUses(Transfer transfer, List<TransferCandidate> used)
    {
        var at = transfer.At.UtcTicks / TimeSpan.TicksPerMicrosecond;
        foreach (var candidate in used)
        {
            var memory = Of(candidate);
            memory.Used++;
            memory.Last = memory.Last with { Used = Math.Max(memory.Last.Used, at) };
            Sums.Uses[PoolSums.UseAt(transfer.Mode, candidate.Level)].Used++;
        }
    }

    private void CountDrawn(bool isInjected, bool isKnown)
    {
        var drawn = Sums.Drawn;
        Sums.Drawn = (isInjected, isKnown) switch
        {
            (true, false) => drawn with { Included = drawn.Included + 1 },
            (true, true) => drawn with { IncludedKnown = drawn.IncludedKnown + 1 },
            (false, false) => drawn with { Withheld = drawn.Withheld + 1 },
            (false, true) => drawn with { WithheldKnown = drawn.WithheldKnown + 1 },
        };
    }

    private MemoryEvidence Of(TransferCandidate candidate)
    {
        var key = new VersionKey(candidate.Memory, candidate.Version);
        if (!_memories.TryGetValue(key, out var memory))
            _memories.Add(key, memory = new MemoryEvidence(candidate.Level, candidate.Domain, candidate.Contributor));
        return memory;
    }

    private IEnumerable<(VersionKey Memory, string? Domain, JudgedEffect Effect)> Judged()
    {
        foreach (var key in _memories.Keys.Order())
        {
            var memory = _memories[key];
            if (memory.Overall is not { } overall) continue;
            yield return (key, null, overall);
            foreach (var (domain, effect) in memory.ByDomain) yield return (key, domain, effect);
        }
    }

    private static void Write(BinaryWriter to, BaseRate rate)
    {
        to.Write(rate.State.Sum);
        to.Write(rate.State.Count);
    }

    private static BaseRate ReadRate(BinaryReader from) => new() { State = (from.ReadDouble(), from.ReadDouble()) };
}
