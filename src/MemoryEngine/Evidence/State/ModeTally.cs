using MemoryEngine.Evidence.Gates;

namespace MemoryEngine.Evidence.State;

/// <summary>
/// Losses and uses by mode, from transfers and outcomes that are still kept, in the order in which the outcomes were told. A run without
/// memory is a control for the runs of its task in every mode.
/// </summary>
/// <param name="since">Uses of transfers before it do not count.</param>
/// <param name="mostTasks">Tasks whose runs wait to be paired, in each mode.</param>
internal sealed class ModeTally(DateTimeOffset since, int mostTasks)
{
    private readonly Dictionary<TransferMode, (TaskRuns Runs, HashSet<VersionKey> Used)> _modes =
        Modes.ToDictionary(m => m, _ => (new TaskRuns(mostTasks), new HashSet<VersionKey>()));

    /// <summary>The modes that a recall can have run in.</summary>
    public static IReadOnlyList<TransferMode> Modes { get; } = [TransferMode.SingleDomain, TransferMode.CrossDomain, TransferMode.Hybrid];

    /// <summary>Outcomes so far.</summary>
    public long Count { get; private set; }

    /// <summary>Takes a transfer with its outcome.</summary>
    public void Add(Transfer transfer, Outcome outcome)
    {
        Count++;
        if (!_modes.TryGetValue(transfer.Mode, out var mode)) return;
        if (transfer.At >= since)
        {
            foreach (var candidate in transfer.Candidates)
            {
                if (candidate.Fate == CandidateFate.Injected && outcome.Used.Contains(candidate.Memory))
                    mode.Used.Add(new VersionKey(candidate.Memory, candidate.Version));
            }
        }
        // What a model says proves no loss.
        if (outcome.Judge != OutcomeJudge.Verifier) return;
        if (!transfer.IsHeldOut) mode.Runs.Add(transfer, outcome.IsPass, []);
        else foreach (var (runs, _) in _modes.Values) runs.Add(transfer, outcome.IsPass, []);
    }

    /// <summary>Pairs of runs without memory and with it in a mode.</summary>
    public PairCounts Pairs(TransferMode mode) => _modes[mode].Runs.Pairs;

    /// <summary>Those with a second run without memory.</summary>
    public FlipCounts Flips(TransferMode mode) => _modes[mode].Runs.Flips;

    /// <summary>Memories that were handed over and used in a mode.</summary>
    public IReadOnlySet<VersionKey> Used(TransferMode mode) => _modes[mode].Used;
}
