using System.Collections.Concurrent;

namespace MemoryEngine.Verification;

/// <summary>
/// Verdicts by their reasons: one object for each set of reasons that occurs, so that a recall makes none. With details there are new ones.
/// </summary>
internal sealed class VerdictBook
{
    private readonly ConcurrentDictionary<ReasonSet, MemoryVerdict> _known = new();
    private readonly ConcurrentDictionary<ReasonSet, ReasonCode[]> _codes = new();

    /// <summary>The codes of a set of reasons.</summary>
    public IReadOnlyList<ReasonCode> CodesOf(ReasonSet reasons) =>
        _codes.TryGetValue(reasons, out var known) ? known : _codes.GetOrAdd(reasons, static r => r.ToArray());

    /// <summary>The verdict without details.</summary>
    public MemoryVerdict Of(ReasonSet reasons) => _known.TryGetValue(reasons, out var known)
        ? known
        : _known.GetOrAdd(reasons, static r => new MemoryVerdict(r.Verdict, [.. r.ToArray().Select(code => new VerdictReason(code, null))]));

    /// <summary>The verdict with all that there is to say.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="task">The task.</param>
    /// <param name="mode">What the mode table says, in words.</param>
    public static MemoryVerdict Explain(in Candidate candidate, in TaskFacts task, string mode)
    {
        var reasons = new List<VerdictReason>();
        foreach (var code in candidate.Reasons.ToArray()) reasons.Add(new VerdictReason(code, Detail(code, candidate, task, mode)));
        return new MemoryVerdict(candidate.Reasons.Verdict, reasons);
    }

    private static string? Detail(ReasonCode code, in Candidate candidate, in TaskFacts task, string mode) => code switch
    {
        ReasonCode.Damaged => candidate.Damage,
        ReasonCode.InMode or ReasonCode.NotInMode => mode,
        ReasonCode.PreconditionContradicts => string.Join("; ", Preconditions.Contradicted(candidate.Requires, task.Context)),
        ReasonCode.Stale => Staleness.Find(candidate.Requires, task.Context),
        ReasonCode.TooSpecific or ReasonCode.Specific =>
            FormattableString.Invariant($"specificity {candidate.Facts!.Specificity.Value:0.00}"),
        ReasonCode.Secret => candidate.Facts!.Secret,
        ReasonCode.Instruction => candidate.Facts!.Instruction,
        ReasonCode.Trusted => candidate.Contributor,
        ReasonCode.BadVector => candidate.Facts!.BadVector,
        ReasonCode.Duplicate => $"nearly the same as {candidate.DuplicateOf}",
        ReasonCode.RejectedByCheck or ReasonCode.CheckFailed or ReasonCode.Undecided => candidate.CheckDetail,
        ReasonCode.BelowMinScore => FormattableString.Invariant(
            $"{candidate.Scores.Vector ?? candidate.Scores.Bm25 ?? 0:0.###}, under {task.MinScore:0.###}"),
        _ => null,
    };
}
