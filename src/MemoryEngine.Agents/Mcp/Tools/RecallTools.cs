using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

/// <summary>What a task is and has, as far as its agent says so.</summary>
internal abstract record TaskArguments
{
    [Description("The domain of the task, as a path like those of memories: backend/go. It decides what may come from where.")]
    public string? Domain { get; init; }

    [AllowedValues("auto", "single", "cross", "hybrid")]
    [Description("Which memories may reach it: of its own domain (single), abstract ones of others (cross), both (hybrid). Auto by pool size.")]
    public string? Mode { get; init; }

    [Description("Its programming language: memories that require another one are left out.")]
    public string? Language { get; init; }

    [Description("What else it has, by name: os, tool, or names with versions, as in {\"os\": \"linux\", \"go\": \"1.22\"}.")]
    public Dictionary<string, string>? Context { get; init; }

    public TransferMode ModeOrAuto() => Mode is { } mode ? InterchangeNames.ModeOf(mode)!.Value : TransferMode.Auto;

    public IReadOnlyDictionary<string, string> AllContext()
    {
        var context = new Dictionary<string, string>(Context ?? [], StringComparer.Ordinal);
        if (Language is { } language) context["language"] = language;
        return context;
    }
}

internal sealed record SearchMemoriesArguments : TaskArguments
{
    [Description("The task or question, in your own words. Whole sentences work better than single words.")]
    public required string Query { get; init; }

    [Range(1, 50)]
    [Description("How many memories at most; 3 when not given. More is rarely better.")]
    public int? K { get; init; }

    [Description("A name of the task that its runs share, such as an issue's number: outcomes of the same task are compared.")]
    public string? Task { get; init; }

    [Description("The model that gets the memories: yours.")]
    public string? ConsumerModel { get; init; }

    [AllowedValues("default", "single-task", "long-edit", "cross-domain", "new-task")]
    [Description("What they are for; it sets the mix of levels.")]
    public string? Scenario { get; init; }

    [Range(1, 4)]
    [Description("The lowest level.")]
    public int? MinLevel { get; init; }

    [Range(1, 4)]
    [Description("The highest level.")]
    public int? MaxLevel { get; init; }

    [AllowedValues("trajectory", "workflow", "summary", "insight")]
    [Description("Only this format.")]
    public string? Format { get; init; }

    [Description("Only memories with this tag.")]
    public string? Tag { get; init; }

    [Description("Only memories of this domain and below it.")]
    public string? WithinDomain { get; init; }

    [Description("No memories of this domain and below it.")]
    public string? ExcludeDomain { get; init; }

    [Description("The least raw similarity, or BM25 score of what only words find.")]
    public double? MinScore { get; init; }

    [Length(0, 50)]
    [Description("Memories to hand over whatever their rank and level.")]
    public List<Guid>? Pins { get; init; }

    [Description("True tells what was left out, and why.")]
    public bool? Explain { get; init; }

    [Range(200, 200_000)]
    [Description("How much of each memory's text at most, in characters; 6,000 when not given. get_memory reads the rest.")]
    public int? MaxChars { get; init; }
}

internal sealed record FoundMemories : HandedOver
{
    [Description("The transfer's id: what report_outcome and why_transfer take. Absent when the search could not be recorded.")]
    public Guid? Transfer { get; init; }

    [Description("The mode it ran in.")]
    public required string Mode { get; init; }

    [Description("Best first.")]
    public required IReadOnlyList<FoundMemory> Memories { get; init; }

    [Description("What was found and not handed over, the most similar ones; only when explain is true.")]
    public IReadOnlyList<LeftOut>? LeftOut { get; init; }

    [Description("What makes this less than it could be, a sentence each.")]
    public required IReadOnlyList<string> Notes { get; init; }

    [Description("Microseconds of everything.")]
    public required long Micros { get; init; }
}

internal sealed record FoundMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("Its version.")]
    public required int Version { get; init; }

    [Description("1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required int Level { get; init; }

    [Description("Its shape.")]
    public required string Format { get; init; }

    [Description("Where it comes from.")]
    public required string Domain { get; init; }

    [Description("Its title.")]
    public string? Title { get; init; }

    [Description("What it says.")]
    public required string Text { get; init; }

    [Description("Characters of the whole text, where only the beginning is given.")]
    public int? TextChars { get; init; }

    [Description("Why it was found. A part that did not find it has no score.")]
    public required Scores Scores { get; init; }

    [Description("What verification says about it that is worth knowing.")]
    public required IReadOnlyList<string> Reasons { get; init; }
}

internal sealed record Scores
{
    [Description("The raw similarity.")]
    public float? Vector { get; init; }

    [Description("The raw BM25 score.")]
    public float? Bm25 { get; init; }

    [Description("What the order is by; good for no threshold.")]
    public required float Fused { get; init; }
}

internal sealed record LeftOut
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("Its version.")]
    public required int Version { get; init; }

    [Description("1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required int Level { get; init; }

    [Description("Where it comes from.")]
    public required string Domain { get; init; }

    [Description("Why it was left out, with more about it in parentheses where there is more to say.")]
    public required IReadOnlyList<string> Reasons { get; init; }
}

internal sealed record VerifyMemoryArguments : TaskArguments
{
    [Length(1, 100)]
    [Description("The memories.")]
    public required List<Guid> Ids { get; init; }
}

internal sealed record VerifiedMemories
{
    [Description("A verdict for each, in order.")]
    public required IReadOnlyList<VerdictOnMemory> Verdicts { get; init; }
}

internal sealed record VerdictOnMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("The version that was verified.")]
    public required int Version { get; init; }

    [AllowedValues("accepted", "rejected", "undecided")]
    [Description("Whether it may be handed over for the task.")]
    public required string Verdict { get; init; }

    [Description("Why, with more about it in parentheses where there is more to say.")]
    public required IReadOnlyList<string> Reasons { get; init; }

    [Description("How bound to its origin its text is, 0 (could be said anywhere) to 1.")]
    public double? Specificity { get; init; }
}

/// <summary>The tools that hand memories over for a task, and judge them for one.</summary>
internal sealed class RecallTools(PoolSession session)
{
    private const int UsualChars = 6_000;

    public Task<FoundMemories> SearchAsync(SearchMemoriesArguments arguments, CancellationToken cancellation)
    {
        var query = Query(arguments);
        return session.UseAsync(
            Repeat.Safe, async (pool, c) => Found(await pool.Store.RecallAsync(query, c).ConfigureAwait(false), arguments), cancellation);
    }

    public Task<VerifiedMemories> VerifyAsync(VerifyMemoryArguments arguments, CancellationToken cancellation)
    {
        var query = new VerifyQuery { Domain = arguments.Domain, Mode = arguments.ModeOrAuto(), Context = arguments.AllContext() };
        return session.UseAsync(
            Repeat.Safe, async (pool, c) => new VerifiedMemories
            {
                Verdicts = [.. (await pool.Store.VerifyAsync(arguments.Ids, query, c).ConfigureAwait(false)).Select(Verdict)],
            },
            cancellation);
    }

    private static RecallQuery Query(SearchMemoriesArguments arguments) => new()
    {
        Text = arguments.Query,
        K = arguments.K ?? 3,
        Task = arguments.Task,
        ConsumerModel = arguments.ConsumerModel,
        Domain = arguments.Domain,
        Mode = arguments.ModeOrAuto(),
        Scenario = arguments.Scenario is { } scenario ? InterchangeNames.ScenarioOf(scenario)!.Value : TransferScenario.Default,
        Context = arguments.AllContext(),
        MinLevel = (MemoryLevel?)arguments.MinLevel ?? MemoryLevel.Trace,
        MaxLevel = (MemoryLevel?)arguments.MaxLevel ?? MemoryLevel.Strategy,
        Format = arguments.Format is { } format ? InterchangeNames.FormatOf(format) : null,
        Tag = arguments.Tag,
        WithinDomain = arguments.WithinDomain,
        ExcludeDomain = arguments.ExcludeDomain,
        MinScore = (float?)arguments.MinScore,
        Pins = [.. (arguments.Pins ?? []).Select(id => new MemoryPin(id))],
        Explain = arguments.Explain ?? false,
    };

    private static FoundMemories Found(RecallResult result, SearchMemoriesArguments arguments) => new()
    {
        Transfer = result.Transfer,
        Mode = InterchangeNames.Of(result.Mode),
        Memories = [.. result.Memories.Select(m => Found(m, arguments.MaxChars ?? UsualChars))],
        LeftOut = arguments.Explain == true ? [.. result.LeftOut.Select(Left)] : null,
        Notes = result.Notes,
        Micros = (long)result.TotalTime.TotalMicroseconds,
    };

    private static FoundMemory Found(RecalledMemory recalled, int maxChars)
    {
        var (memory, scores) = recalled;
        var text = MemoryViews.Cut(memory.Text, 0, maxChars);
        return new FoundMemory
        {
            Id = memory.Id,
            Version = memory.Version,
            Level = (int)memory.Level,
            Format = InterchangeNames.Of(memory.Format),
            Domain = memory.Domain,
            Title = memory.Title,
            Text = text,
            TextChars = text.Length < memory.Text.Length ? memory.Text.Length : null,
            Scores = new Scores { Vector = scores.Vector, Bm25 = scores.Bm25, Fused = scores.Fused },
            Reasons = Reasons(recalled.Verdict),
        };
    }

    private static LeftOut Left(LeftOutMemory left) => new()
    {
        Id = left.Id,
        Version = left.Version,
        Level = (int)left.Level,
        Domain = left.Domain,
        Reasons = Reasons(left.Verdict),
    };

    private static VerdictOnMemory Verdict(VerifiedMemory verified) => new()
    {
        Id = verified.Id,
        Version = verified.Version,
        Verdict = InterchangeNames.Of(verified.Verdict.Verdict),
        Reasons = Reasons(verified.Verdict),
        Specificity = verified.Specificity?.Value,
    };

    private static List<string> Reasons(MemoryVerdict verdict) =>
    [
        .. verdict.Reasons.Select(r => r.Detail is { } detail ? $"{InterchangeNames.Of(r.Code)} ({detail})" : InterchangeNames.Of(r.Code)),
    ];
}
