namespace MemoryEngine.Verification;

/// <summary>
/// Verifies batches of candidates. The engine's own checks run where they are asked for, since they wait for nothing; those of the user
/// run beside, all at once, under one deadline.
/// </summary>
internal sealed class Validator
{
    private readonly VerificationOptions _options;
    private readonly UserCheck[] _userChecks;

    public Validator(VerificationOptions options, IMemoryEvidence evidence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Deadline, TimeSpan.Zero, "VerificationOptions.Deadline");
        _options = options;
        Checks = new BuiltInChecks(options, evidence);
        _userChecks = [.. options.Checks.Select(c => new UserCheck(c, options.Deadline))];
    }

    public BuiltInChecks Checks { get; }

    /// <summary>Whether the user has checks of his own, which need the memories themselves.</summary>
    public bool HasUserChecks => _userChecks.Length > 0;

    /// <summary>Whether the mode decides about levels.</summary>
    public bool HasLevelPolicy => _options.LevelPolicy;

    /// <summary>
    /// Verifies a batch whose columns were checked and whose facts are there, in the order of their ranks: of two that are alike the
    /// first stays.
    /// </summary>
    /// <param name="all">The candidates of the answer so far, and the batch behind them.</param>
    /// <param name="from">Where the batch begins.</param>
    public void Verify(Span<Candidate> all, int from)
    {
        for (var i = from; i < all.Length; i++)
        {
            ref var candidate = ref all[i];
            if (!candidate.Reasons.IsAccepted) continue;
            Checks.CheckContent(ref candidate);
            if (candidate.Reasons.IsAccepted) Checks.CheckDuplicate(all[..i], ref candidate);
        }
    }

    /// <summary>Asks the user's checks about those of a batch that the engine's own accept.</summary>
    public async ValueTask VerifyByUserAsync(Candidate[] candidates, int from, int to, TaskFacts task, CancellationToken cancellation)
    {
        if (_userChecks.Length == 0) return;
        var asked = new List<(int Candidate, UserCheck Check, CheckedMemory Memory)>();
        for (var i = from; i < to; i++)
        {
            if (!candidates[i].Reasons.IsAccepted) continue;
            foreach (var check in _userChecks)
            {
                if (check.Concerns(candidates[i].Level, candidates[i].Domain))
                    asked.Add((i, check, new CheckedMemory(candidates[i].Memory!, task.Domain)));
            }
        }
        if (asked.Count == 0) return;
        await Task.WhenAll(asked.GroupBy(a => a.Check).Select(g => g.Key.RunAsync([.. g.Select(a => a.Memory)], cancellation)))
            .ConfigureAwait(false);
        foreach (var (index, check, memory) in asked) Take(ref candidates[index], check.Name, memory);
    }

    private static void Take(ref Candidate candidate, string check, CheckedMemory memory)
    {
        if (memory.IsAccepted) return;
        var (code, detail) = memory switch
        {
            { Rejection: { } why } => (ReasonCode.RejectedByCheck, $"{check}: {why}"),
            { Failure: { } failure } => (ReasonCode.CheckFailed, $"{check}: {failure.Message}"),
            _ => (ReasonCode.Undecided, $"{check} had not decided in time"),
        };
        candidate.Reasons.Add(code);
        candidate.CheckDetail = candidate.CheckDetail is { } before ? $"{before}; {detail}" : detail;
    }
}
