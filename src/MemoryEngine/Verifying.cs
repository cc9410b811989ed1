using System.Numerics.Tensors;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Transfers;
using MemoryEngine.Verification;
using MemoryEngine.Verification.Texts;

namespace MemoryEngine;

/// <summary>The task that a recall or a verification is for, and the mode that it runs in.</summary>
internal readonly record struct TaskRules(TransferMode Mode, TaskFacts Facts);

/// <summary>
/// Brings a pool's rows before the checks: what the columns say of them, what their content says (read once a version), what the mode
/// table says; and verifies memories by id.
/// </summary>
internal sealed class Verifying(Pool pool)
{
    /// <summary>More are counted as "more": the largest size that transfers tell apart.</summary>
    private const int MostSourceTasks = 1_000;

    private readonly FactsCache _facts = new();
    private readonly SourceTasks _sourceTasks = new();
    private readonly VerdictBook _verdicts = new();
    private readonly ValidityHistory _history = new();

    public Validator Validator { get; } = new(pool.Options.Verification, pool.Effects);

    /// <summary>What verification has said about a memory lately.</summary>
    public IReadOnlyList<ValidityEntry> HistoryOf(Guid id) => _history.Of(id);

    /// <summary>The rules of a task; Auto becomes the mode of the pool's size.</summary>
    public TaskRules RulesOf(
        TransferMode mode, string? domain, IReadOnlyDictionary<string, string> context, string? language, float? minScore, PoolView seen, long now)
    {
        if (mode == TransferMode.Auto)
        {
            // Without a domain there is no other one to keep out.
            mode = string.IsNullOrEmpty(domain) ? TransferMode.SingleDomain
                : pool.Effects.AdvisedMode ?? SizeTiers.For(CountSourceTasks(seen));
        }
        if (language is not null && !context.ContainsKey("language"))
            context = new Dictionary<string, string>(context) { ["language"] = language };
        return new TaskRules(mode, new TaskFacts(domain ?? "", context, now, minScore));
    }

    /// <summary>The pool's source tasks, as far as they make a difference to anyone.</summary>
    public int CountSourceTasks(PoolView seen) => _sourceTasks.CountUpTo(pool.Table, seen, MostSourceTasks);

    /// <summary>The codes of a set of reasons: one list for each set that occurs.</summary>
    public IReadOnlyList<ReasonCode> CodesOf(ReasonSet reasons) => _verdicts.CodesOf(reasons);

    /// <summary>The lowest level that could be handed over at all from a domain; null when all could from all.</summary>
    public Func<string, MemoryLevel>? LeastFrom(TaskRules rules)
    {
        if (!Validator.HasLevelPolicy) return null;
        return rules.Facts.Domain.Length == 0 && rules.Mode != TransferMode.CrossDomain ? null : LeastFrom(rules.Mode, rules.Facts.Domain);
    }

    private static Func<string, MemoryLevel> LeastFrom(TransferMode mode, string domain) =>
        from => ModeTable.LeastThatCouldCome(mode, Domains.Compare(from, domain));

    /// <summary>A row before the checks that need its columns alone, and what they say.</summary>
    public Candidate Look(int row, in RecallScores scores, View view, in TaskRules rules, bool isPinned)
    {
        var table = pool.Table;
        ref readonly var r = ref table.Rows[row];
        var candidate = new Candidate
        {
            Row = row,
            Id = r.MemoryId,
            Version = r.Version,
            Level = r.Level,
            Domain = table.Names[r.Domain],
            Contributor = table.Names[r.Contributor],
            Requires = table.RequireSets[r.Requires],
            ExpiresMicroseconds = r.ExpiresMicroseconds,
            Status = StatusOf(row, view),
            IsPinned = isPinned,
            Scores = scores,
        };
        candidate.Ruling = Rule(candidate, rules);
        Validator.Checks.CheckColumns(ref candidate, rules.Facts);
        return candidate;
    }

    /// <summary>Gets what the content of a candidate says, and the memory itself where it is read anyway or is needed.</summary>
    public async ValueTask ReadAsync(Candidate[] candidates, int index, View view, bool needsMemory, CancellationToken cancellation)
    {
        var row = candidates[index].Row;
        candidates[index].Facts ??= _facts.Find(row + 1);
        if (candidates[index].Facts is not null && (!needsMemory || candidates[index].Memory is not null)) return;
        try
        {
            var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
            if (body.Status == RecordStatus.Found) Take(ref candidates[index], view, body.Span);
            else candidates[index].Status = VersionStatus.Gone;
            body.Dispose();
        }
        catch (CorruptionException e)
        {
            // The task goes on without it, and the answer says so.
            (candidates[index].Status, candidates[index].Damage) = (VersionStatus.Damaged, e.Message);
            candidates[index].Reasons.Add(ReasonCode.Damaged);
        }
    }

    /// <summary>Looks at a candidate once more, as the pool is now: what was found may have changed since.</summary>
    /// <returns>Whether it may be handed over.</returns>
    public bool IsStillGood(ref Candidate candidate, in TaskRules rules, bool isOfThePast)
    {
        if (candidate.Status is VersionStatus.Latest or VersionStatus.Superseded)
        {
            // Of the past nothing changes but what is purged.
            if (!isOfThePast) candidate.Status = StatusOf(candidate.Row, pool.Table.Current.View);
            else if (pool.Table.Rows[candidate.Row].IsErased) candidate.Status = VersionStatus.Gone;
        }
        var now = isOfThePast ? rules.Facts.NowMicroseconds : pool.NowMicroseconds;
        Validator.Checks.CheckAgain(ref candidate, rules.Facts with { NowMicroseconds = now });
        return candidate.Reasons.IsAccepted;
    }

    /// <summary>The verdict on a candidate, which is noted in its history.</summary>
    public MemoryVerdict Conclude(in Candidate candidate, in TaskRules rules, bool isExplained)
    {
        var verdict = _verdicts.Of(candidate.Reasons);
        // What depends on how a recall ranks says nothing about the memory.
        if ((candidate.Reasons.Against & RankReasons) == 0)
            _history.Note(candidate.Id, candidate.Version, rules.Facts.Domain, verdict, pool.Options.Clock);
        return isExplained ? VerdictBook.Explain(candidate, rules.Facts, ExplainMode(candidate, rules)) : verdict;
    }

    /// <summary>Verifies memories by id for a task, without recalling them.</summary>
    /// <exception cref="MemoryEngineException">An id is unknown or was purged.</exception>
    public async Task<IReadOnlyList<VerifiedMemory>> VerifyAsync(
        IReadOnlyList<Guid> ids, VerifyQuery query, CancellationToken cancellation)
    {
        var seen = pool.Table.Current;
        var rules = RulesOf(query.Mode, query.Domain, query.Context, null, null, seen, pool.NowMicroseconds);
        var candidates = new Candidate[ids.Count];
        for (var i = 0; i < ids.Count; i++)
        {
            var row = pool.Table.FindLive(ids[i], seen.View);
            if (row < 0) row = pool.Table.FindNewest(ids[i], seen.View);
            if (row < 0) throw pool.Table.IsPurged(ids[i]) ? NotFound.Purged(ids[i]) : NotFound.Memory(ids[i]);
            candidates[i] = Look(row, default, seen.View, rules, isPinned: false);
            await ReadAsync(candidates, i, seen.View, Validator.HasUserChecks, cancellation).ConfigureAwait(false);
        }
        // Here every reason is wanted, not only the first: the content is looked at whatever the columns say.
        for (var i = 0; i < candidates.Length; i++)
        {
            Validator.Checks.CheckContent(ref candidates[i]);
            if (candidates[i].Reasons.IsAccepted) Validator.Checks.CheckDuplicate(candidates.AsSpan(0, i), ref candidates[i]);
        }
        await Validator.VerifyByUserAsync(candidates, 0, candidates.Length, rules.Facts, cancellation).ConfigureAwait(false);
        return
        [
            .. candidates.Select(c => new VerifiedMemory(c.Id, c.Version, Conclude(c, rules, isExplained: true), c.Facts?.Specificity)),
        ];
    }

    private const ulong RankReasons =
        (1UL << (int)ReasonCode.Duplicate) | (1UL << (int)ReasonCode.NotInMix) | (1UL << (int)ReasonCode.Outranked)
        | (1UL << (int)ReasonCode.BelowMinScore) | (1UL << (int)ReasonCode.Withheld) | (1UL << (int)ReasonCode.HeldOut);

    private void Take(ref Candidate candidate, View view, ReadOnlySpan<byte> bytes)
    {
        candidate.Memory = VersionReader.Read(pool.Table, candidate.Row, view, bytes, withVectors: false, pool.StateOf(candidate.Row, view));
        if (candidate.Facts is not null) return;
        candidate.Facts = TextFacts.Of(candidate.Memory.Text, candidate.Memory.Title, FindBadVector(bytes));
        _facts.Add(candidate.Row + 1, candidate.Facts);
    }

    private string? FindBadVector(ReadOnlySpan<byte> bytes)
    {
        if (!RecordReader.TryOpen(bytes, out var record, out var problem)) return problem;
        foreach (var field in record)
        {
            if (field.Field is not (RecordField.Vector or RecordField.MadeVector)) continue;
            var (space, vector) = RecordReader.Vector(field.Value);
            if (space >= pool.Table.Spaces.Count) return $"of space {space}, which the pool does not have";
            if (VectorProblem(pool.Table.Spaces[space].Space, vector) is { } wrong) return wrong;
        }
        return null;
    }

    private static string? VectorProblem(VectorSpace space, ReadOnlySpan<float> vector)
    {
        if (vector.Length != space.Dimension) return $"{space.Name}: {vector.Length} dimensions, not {space.Dimension}";
        foreach (var value in vector)
            if (!float.IsFinite(value)) return $"{space.Name}: not a finite number";
        return space.Metric == Metric.Cosine && TensorPrimitives.SumOfSquares(vector) == 0 ? $"{space.Name}: zero, and compared by cosine" : null;
    }

    private VersionStatus StatusOf(int row, View view)
    {
        ref readonly var r = ref pool.Table.Rows[row];
        if (r.IsErased) return VersionStatus.Gone;
        if (r.IsLive(view)) return VersionStatus.Latest;
        return pool.Table.FindLive(r.MemoryId, view) >= 0 ? VersionStatus.Superseded : VersionStatus.Gone;
    }

    private ModeRuling Rule(in Candidate candidate, in TaskRules rules)
    {
        var question = Question(candidate, rules) with { IsSpecificityLow = true };
        var isForeign = question.Relation == DomainRelation.Foreign;
        if (!Validator.HasLevelPolicy)
            return new ModeRuling(question.Match != PreconditionMatch.Contradict, false, isForeign, question.Match);
        var atBest = IsYes(ModeTable.Decide(rules.Mode, question));
        var atWorst = IsYes(ModeTable.Decide(rules.Mode, question with { IsSpecificityLow = false }));
        return new ModeRuling(atBest, atBest && !atWorst, isForeign, question.Match);

        static bool IsYes(ModeAnswer answer) => answer is ModeAnswer.Yes or ModeAnswer.Pinned;
    }

    private static ModeQuestion Question(in Candidate candidate, in TaskRules rules) => new(
        candidate.Level,
        Domains.Compare(candidate.Domain, rules.Facts.Domain),
        Preconditions.Compare(candidate.Requires, rules.Facts.Context),
        candidate.Facts?.Specificity.Value < Specificity.LowUnder,
        candidate.IsPinned);

    private string ExplainMode(in Candidate candidate, in TaskRules rules)
    {
        if (!Validator.HasLevelPolicy) return "the level policy is off";
        var text = ModeTable.Explain(rules.Mode, Question(candidate, rules));
        return candidate.Ruling.NeedsLowSpecificity && candidate.Facts is { } facts
            ? FormattableString.Invariant($"{text}; specificity {facts.Specificity.Value:0.00}, low under {Specificity.LowUnder}")
            : text;
    }
}
