using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What a maintenance cleaned up.</summary>
public sealed record CleanupView : IWireMap<CleanupView>
{
    /// <summary>What was decided, removals first.</summary>
    public required IReadOnlyList<CleanupActionView> Actions { get; init; }

    /// <summary>A report of the engine.</summary>
    public static CleanupView Of(CleanupReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new() { Actions = [.. report.Actions.Select(CleanupActionView.Of)] };
    }

    /// <summary>The report as the engine gives it.</summary>
    public CleanupReport ToReport() => new() { Actions = [.. Actions.Select(a => a.ToAction())] };

    /// <inheritdoc/>
    public static CleanupView Read(ref MapReader map) => new() { Actions = map.NeedMaps<CleanupActionView>("actions") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => map.Maps("actions", Actions);
}

/// <summary>A decision, what follows from it, and whether a removal was one.</summary>
public sealed record CleanupActionView : IWireMap<CleanupActionView>
{
    /// <summary>The decision, with the evidence it rests on.</summary>
    public required DecisionView Decision { get; init; }

    /// <summary>What the memory is called.</summary>
    public string? Title { get; init; }

    /// <summary>What follows from it, in a sentence.</summary>
    public required string Consequence { get; init; }

    /// <summary>How to undo it, in a sentence.</summary>
    public required string Undo { get; init; }

    /// <summary>Of a removal, whether no probe found the memory any more.</summary>
    public bool? IsGone { get; init; }

    /// <summary>Which probe still found it.</summary>
    public string? FoundBy { get; init; }

    /// <summary>An action of the engine.</summary>
    public static CleanupActionView Of(CleanupAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new()
        {
            Decision = DecisionView.Of(action.Decision),
            Title = action.Title,
            Consequence = action.Consequence,
            Undo = action.Undo,
            IsGone = action.IsGone,
            FoundBy = action.FoundBy,
        };
    }

    /// <summary>The action as the engine gives it.</summary>
    public CleanupAction ToAction() => new()
    {
        Decision = Decision.ToDecision(),
        Title = Title,
        Consequence = Consequence,
        Undo = Undo,
        IsGone = IsGone,
        FoundBy = FoundBy,
    };

    /// <inheritdoc/>
    public static CleanupActionView Read(ref MapReader map) => new()
    {
        Decision = map.NeedMap<DecisionView>("decision"),
        Title = map.Text("title"),
        Consequence = map.NeedText("consequence"),
        Undo = map.NeedText("undo"),
        IsGone = map.Boolean("is_gone"),
        FoundBy = map.Text("found_by"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Map("decision", Decision);
        map.Text("title", Title);
        map.Text("consequence", Consequence);
        map.Text("undo", Undo);
        map.Boolean("is_gone", IsGone);
        map.Text("found_by", FoundBy);
    }
}

/// <summary>A change of the state of a memory version, with what it rests on.</summary>
public sealed record DecisionView : IWireMap<DecisionView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The target domain that it is about; null for all.</summary>
    public string? Domain { get; init; }

    /// <summary>Its state until then, one of <see cref="WireNames.States"/>.</summary>
    public required string From { get; init; }

    /// <summary>Its state from then on, one of <see cref="WireNames.States"/>.</summary>
    public required string To { get; init; }

    /// <summary>Why, one of <see cref="WireNames.Decisions"/>.</summary>
    public required string Decided { get; init; }

    /// <summary>When, in microseconds since 1970 UTC.</summary>
    public required long AtUs { get; init; }

    /// <summary>The e-value of harm at that time.</summary>
    public required double EValue { get; init; }

    /// <summary>The estimated effect, -1 to 1; null where there was none.</summary>
    public double? Effect { get; init; }

    /// <summary>The lower end of its 95 % interval.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end of its 95 % interval.</summary>
    public required double High { get; init; }

    /// <summary>Tasks with a known outcome for which chance had decided about it.</summary>
    public required long Appearances { get; init; }

    /// <summary>Tasks that failed with it and passed without.</summary>
    public required long Failures { get; init; }

    /// <summary>More about it, in words.</summary>
    public string? Note { get; init; }

    /// <summary>A decision of the engine.</summary>
    public static DecisionView Of(Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return new()
        {
            Id = decision.Memory,
            Version = decision.Version,
            Domain = decision.Domain,
            From = WireNames.State.Of(decision.From),
            To = WireNames.State.Of(decision.To),
            Decided = WireNames.Decision.Of(decision.Reason),
            AtUs = WireTime.Of(decision.At),
            EValue = decision.EValue,
            Effect = decision.Effect,
            Low = decision.EffectInterval.Low,
            High = decision.EffectInterval.High,
            Appearances = decision.Appearances,
            Failures = decision.Failures,
            Note = decision.Note,
        };
    }

    /// <summary>The decision as the engine gives it.</summary>
    public Decision ToDecision() => new()
    {
        Memory = Id,
        Version = Version,
        Domain = Domain,
        From = WireNames.State.ValueOf(From),
        To = WireNames.State.ValueOf(To),
        Reason = WireNames.Decision.ValueOf(Decided),
        At = WireTime.At(AtUs),
        EValue = EValue,
        Effect = Effect,
        EffectInterval = new Interval(Low, High),
        Appearances = Appearances,
        Failures = Failures,
        Note = Note,
    };

    /// <inheritdoc/>
    public static DecisionView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Domain = map.Text("domain"),
        From = map.NeedOneOf("from", WireNames.States),
        To = map.NeedOneOf("to", WireNames.States),
        Decided = map.NeedOneOf("reason", WireNames.Decisions),
        AtUs = map.NeedInt64("at_us", 0, WireNames.LastMicrosecond),
        EValue = map.NeedDouble("e_value"),
        Effect = map.Double("effect"),
        Low = map.NeedDouble("low"),
        High = map.NeedDouble("high"),
        Appearances = map.NeedInt64("appearances", 0),
        Failures = map.NeedInt64("failures", 0),
        Note = map.Text("note"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Text("domain", Domain);
        map.Text("from", From);
        map.Text("to", To);
        map.Text("reason", Decided);
        map.Int64("at_us", AtUs);
        map.Double("e_value", EValue);
        map.Double("effect", Effect);
        map.Double("low", Low);
        map.Double("high", High);
        map.Int64("appearances", Appearances);
        map.Int64("failures", Failures);
        map.Text("note", Note);
    }
}
