using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What a recall found, best first.</summary>
public sealed record RecallReply : IWireMap<RecallReply>
{
    /// <summary>The mode it ran in, one of <see cref="WireNames.Modes"/>: never <c>auto</c>, but what that chose.</summary>
    public required string Mode { get; init; }

    /// <summary>At most k memories; fewer only when fewer match and pass verification.</summary>
    public required IReadOnlyList<RecalledView> Memories { get; init; }

    /// <summary>What was found and not handed over, best first; only when asked to explain.</summary>
    public IReadOnlyList<LeftOutView> LeftOut { get; init; } = [];

    /// <summary>How many memories the filters and the mode let through.</summary>
    public required int Considered { get; init; }

    /// <summary>The number of the newest event that was visible.</summary>
    public required long Sequence { get; init; }

    /// <summary>What makes this less than it could be, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How each part of the pool was searched; only when asked to explain.</summary>
    public IReadOnlyList<SearchStepView> Plan { get; init; } = [];

    /// <summary>What it took.</summary>
    public required RecallMicros Micros { get; init; }

    /// <summary>A result of the engine.</summary>
    public static RecallReply Of(RecallResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var memories = new RecalledView[result.Memories.Count];
        for (var i = 0; i < memories.Length; i++) memories[i] = RecalledView.Of(result.Memories[i]);
        return new()
        {
            Mode = WireNames.Mode.Of(result.Mode),
            Memories = memories,
            LeftOut = result.LeftOut.Count == 0 ? [] : [.. result.LeftOut.Select(LeftOutView.Of)],
            Considered = result.Considered,
            Sequence = result.Sequence,
            Notes = result.Notes,
            Plan = result.Plan.Count == 0 ? [] : [.. result.Plan.Select(SearchStepView.Of)],
            Micros = new()
            {
                Search = WireTime.Of(result.SearchTime),
                Verify = WireTime.Of(result.VerifyTime),
                Total = WireTime.Of(result.TotalTime),
            },
        };
    }

    /// <summary>The result as the engine gives it.</summary>
    public RecallResult ToResult()
    {
        var memories = new RecalledMemory[Memories.Count];
        for (var i = 0; i < memories.Length; i++) memories[i] = Memories[i].ToRecalled();
        return new()
        {
            Memories = memories,
            Mode = WireNames.Mode.ValueOf(Mode),
            LeftOut = LeftOut.Count == 0 ? [] : [.. LeftOut.Select(l => l.ToLeftOut())],
            Considered = Considered,
            Sequence = Sequence,
            Notes = Notes,
            Plan = Plan.Count == 0 ? [] : [.. Plan.Select(s => s.ToStep())],
            SearchTime = WireTime.Span(Micros.Search),
            VerifyTime = WireTime.Span(Micros.Verify),
            TotalTime = WireTime.Span(Micros.Total),
        };
    }

    /// <inheritdoc/>
    public static RecallReply Read(ref MapReader map) => new()
    {
        Mode = map.NeedOneOf("mode", WireNames.Modes),
        Memories = map.NeedMaps<RecalledView>("memories"),
        LeftOut = map.Maps<LeftOutView>("left_out"),
        Considered = map.NeedInt32("considered", 0),
        Sequence = map.NeedInt64("sequence", 0),
        Notes = map.Texts("notes"),
        Plan = map.Maps<SearchStepView>("plan"),
        Micros = map.NeedMap<RecallMicros>("micros"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("mode", Mode);
        map.Maps("memories", Memories);
        map.AnyMaps("left_out", LeftOut);
        map.Int64("considered", Considered);
        map.Int64("sequence", Sequence);
        map.Texts("notes", Notes);
        map.AnyMaps("plan", Plan);
        map.Map("micros", Micros);
    }
}

/// <summary>What a recall took, in microseconds.</summary>
public sealed record RecallMicros : IWireMap<RecallMicros>
{
    private const long Most = long.MaxValue / TimeSpan.TicksPerMicrosecond;

    /// <summary>The search: embedding, vectors, words, fusion.</summary>
    public required long Search { get; init; }

    /// <summary>The verification.</summary>
    public required long Verify { get; init; }

    /// <summary>Everything, reading the memories included.</summary>
    public required long Total { get; init; }

    /// <inheritdoc/>
    public static RecallMicros Read(ref MapReader map) => new()
    {
        Search = map.NeedInt64("search", 0, Most),
        Verify = map.NeedInt64("verify", 0, Most),
        Total = map.NeedInt64("total", 0, Most),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("search", Search);
        map.Int64("verify", Verify);
        map.Int64("total", Total);
    }
}

/// <summary>How a part of the pool was searched.</summary>
public sealed record SearchStepView : IWireMap<SearchStepView>
{
    /// <summary>Which part.</summary>
    public required string Part { get; init; }

    /// <summary>The space; empty for the one that the engine learned, null for words.</summary>
    public string? Space { get; init; }

    /// <summary>What the part holds of it.</summary>
    public required long Rows { get; init; }

    /// <summary>What the filters let through; for words, what was found.</summary>
    public required long Matching { get; init; }

    /// <summary>What the planner chose.</summary>
    public required string Way { get; init; }

    /// <summary>Distances computed between codes.</summary>
    public required long CodeDistances { get; init; }

    /// <summary>Distances computed between vectors.</summary>
    public required long FloatDistances { get; init; }

    /// <summary>A step of the engine.</summary>
    public static SearchStepView Of(SearchStep step) => new()
    {
        Part = step.Part,
        Space = step.Space,
        Rows = step.Rows,
        Matching = step.Matching,
        Way = step.Way,
        CodeDistances = step.CodeDistances,
        FloatDistances = step.FloatDistances,
    };

    /// <summary>The step as the engine gives it.</summary>
    public SearchStep ToStep() => new(Part, Space, Rows, Matching, Way, CodeDistances, FloatDistances);

    /// <inheritdoc/>
    public static SearchStepView Read(ref MapReader map) => new()
    {
        Part = map.NeedText("part"),
        Space = map.Text("space"),
        Rows = map.NeedInt64("rows", 0),
        Matching = map.NeedInt64("matching", 0),
        Way = map.NeedText("way"),
        CodeDistances = map.NeedInt64("code_distances", 0),
        FloatDistances = map.NeedInt64("float_distances", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("part", Part);
        map.Text("space", Space);
        map.Int64("rows", Rows);
        map.Int64("matching", Matching);
        map.Text("way", Way);
        map.Int64("code_distances", CodeDistances);
        map.Int64("float_distances", FloatDistances);
    }
}
