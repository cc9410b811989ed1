using MemoryEngine.Verification.Texts;

namespace MemoryEngine.Verification;

/// <summary>
/// The engine's own checks, each a few lines and each a pure function of the candidate and the task: no waiting, no model, the same
/// answer every time. The two halves are those that need no content and those that look at <see cref="TextFacts"/>.
/// </summary>
internal sealed class BuiltInChecks(VerificationOptions options, IMemoryEvidence evidence)
{
    private readonly HashSet<string> _trusted = [.. options.TrustedContributors];

    /// <summary>What the columns alone decide. A candidate that fails here is not read.</summary>
    public void CheckColumns(ref Candidate candidate, in TaskFacts task)
    {
        CheckStatus(ref candidate);
        CheckExpiry(ref candidate, task);
        CheckPreconditions(ref candidate);
        CheckMode(ref candidate);
        CheckStaleness(ref candidate, task);
        CheckScore(ref candidate, task);
        CheckEvidence(ref candidate, task);
    }

    /// <summary>What the content decides.</summary>
    public void CheckContent(ref Candidate candidate)
    {
        if (candidate.Facts is not { } facts)
        {
            // What could not be read is not handed over.
            candidate.Reasons.Add(ReasonCode.Damaged);
            return;
        }
        if (facts.BadVector is not null) candidate.Reasons.Add(ReasonCode.BadVector);
        CheckSpecificity(ref candidate, facts.Specificity);
        CheckTrust(ref candidate, facts);
    }

    /// <summary>Whether a version may still be handed over: asked once more when it is about to be.</summary>
    public void CheckAgain(ref Candidate candidate, in TaskFacts task)
    {
        CheckStatus(ref candidate);
        CheckExpiry(ref candidate, task);
        CheckEvidence(ref candidate, task);
    }

    /// <summary>Leaves out what is too much like one of those that are accepted before it.</summary>
    public void CheckDuplicate(Span<Candidate> before, ref Candidate candidate)
    {
        if (candidate.Facts is not { } facts || candidate.IsPinned) return;
        foreach (ref readonly var other in before)
        {
            if (!other.Reasons.IsAccepted || other.Facts is not { } its || !facts.Sketch.MayBeLike(its.Sketch)) continue;
            if (facts.Sketch.Similarity(its.Sketch) < options.DuplicateFrom) continue;
            candidate.DuplicateOf = other.Id;
            candidate.Reasons.Add(ReasonCode.Duplicate);
            return;
        }
    }

    private static void CheckStatus(ref Candidate candidate)
    {
        switch (candidate.Status)
        {
            case VersionStatus.Superseded when !candidate.IsPinned: candidate.Reasons.Add(ReasonCode.Superseded); break;
            case VersionStatus.Gone: candidate.Reasons.Add(ReasonCode.Forgotten); break;
            case VersionStatus.Damaged: candidate.Reasons.Add(ReasonCode.Damaged); break;
        }
        if (candidate.IsPinned) candidate.Reasons.Add(ReasonCode.Pinned);
    }

    private static void CheckExpiry(ref Candidate candidate, in TaskFacts task)
    {
        if (candidate.ExpiresMicroseconds != 0 && candidate.ExpiresMicroseconds <= task.NowMicroseconds)
            candidate.Reasons.Add(ReasonCode.Expired);
    }

    private static void CheckPreconditions(ref Candidate candidate)
    {
        if (candidate.Ruling.Match == PreconditionMatch.Contradict) candidate.Reasons.Add(ReasonCode.PreconditionContradicts);
        else if (candidate.Ruling.Match == PreconditionMatch.Match) candidate.Reasons.Add(ReasonCode.PreconditionsMatch);
    }

    private static void CheckMode(ref Candidate candidate)
    {
        // A contradiction is a reason of its own.
        if (candidate.Ruling.Match == PreconditionMatch.Contradict) return;
        if (!candidate.Ruling.IsAllowed) candidate.Reasons.Add(ReasonCode.NotInMode);
        else if (!candidate.Ruling.NeedsLowSpecificity) candidate.Reasons.Add(ReasonCode.InMode);
    }

    private static void CheckStaleness(ref Candidate candidate, in TaskFacts task)
    {
        if (Staleness.Find(candidate.Requires, task.Context) is not null) candidate.Reasons.Add(ReasonCode.Stale);
        if (Staleness.IsOtherCommit(candidate.Requires, task.Context)) candidate.Reasons.Add(ReasonCode.OtherCommit);
    }

    // On what was measured, never on the fused score: the similarity, or the words' score where there was no vector to compare.
    private static void CheckScore(ref Candidate candidate, in TaskFacts task)
    {
        if (task.MinScore is { } least && !candidate.IsPinned && !((candidate.Scores.Vector ?? candidate.Scores.Bm25) >= least))
            candidate.Reasons.Add(ReasonCode.BelowMinScore);
    }

    private void CheckEvidence(ref Candidate candidate, in TaskFacts task)
    {
        switch (evidence.Standing(candidate.Id, candidate.Version, task.Domain))
        {
            case MemoryStanding.Quarantined: candidate.Reasons.Add(ReasonCode.Quarantined); break;
            case MemoryStanding.Harmful: candidate.Reasons.Add(ReasonCode.Harmful); break;
            case MemoryStanding.Suspect: candidate.Reasons.Add(ReasonCode.Suspect); break;
        }
    }

    private void CheckSpecificity(ref Candidate candidate, in SpecificityScore specificity)
    {
        if (candidate.Ruling is { IsAllowed: true, NeedsLowSpecificity: true })
            candidate.Reasons.Add(specificity.Value < Specificity.LowUnder || candidate.IsPinned ? ReasonCode.InMode : ReasonCode.NotInMode);
        // The lint: an insight that is made of paths, names and literals is a trace by another name. At home it does no harm.
        if (!options.LevelPolicy || candidate.Level < MemoryLevel.Insight || specificity.Value < Specificity.HighFrom) return;
        candidate.Reasons.Add(candidate.Ruling.IsForeign && !candidate.IsPinned ? ReasonCode.TooSpecific : ReasonCode.Specific);
    }

    private void CheckTrust(ref Candidate candidate, TextFacts facts)
    {
        if (facts.Secret is null && facts.Instruction is null) return;
        if (candidate.Contributor is { } contributor && _trusted.Contains(contributor))
        {
            candidate.Reasons.Add(ReasonCode.Trusted);
            return;
        }
        if (facts.Secret is not null) candidate.Reasons.Add(ReasonCode.Secret);
        if (facts.Instruction is not null) candidate.Reasons.Add(ReasonCode.Instruction);
    }
}
