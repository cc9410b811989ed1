using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>Memories to verify for a task, without recalling them.</summary>
public sealed record VerifyRequest : WireRequest, IWireMap<VerifyRequest>
{
    /// <summary>The memories.</summary>
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>The domain of the task.</summary>
    public string? Domain { get; init; }

    /// <summary>Which memories may reach it, one of <see cref="WireNames.Modes"/>; null means <c>auto</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>What the task has: <c>language</c>, <c>tool</c>, ...</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = WireMaps.NoTexts;

    /// <summary>A question of the engine; a null query is a task that states nothing.</summary>
    public static VerifyRequest Of(IReadOnlyList<Guid> ids, VerifyQuery? query) => new()
    {
        Ids = ids,
        Domain = query?.Domain,
        Mode = query is null or { Mode: TransferMode.Auto } ? null : WireNames.Mode.Of(query.Mode),
        Context = query?.Context ?? WireMaps.NoTexts,
    };

    /// <summary>The task for the engine.</summary>
    public VerifyQuery ToQuery() => new()
    {
        Domain = Domain,
        Mode = Mode is null ? TransferMode.Auto : WireNames.Mode.ValueOf(Mode),
        Context = Context,
    };

    /// <inheritdoc/>
    public static VerifyRequest Read(ref MapReader map) => new()
    {
        Ids = map.NeedIds("ids"),
        Domain = map.Text("domain"),
        Mode = map.OneOf("mode", WireNames.Modes),
        Context = map.TextMap("context"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Ids("ids", Ids);
        map.Text("domain", Domain);
        map.Text("mode", Mode);
        map.TextMap("context", Context);
        WriteDeadline(ref map);
    }
}

/// <summary>What verification says.</summary>
public sealed record VerifyReply : IWireMap<VerifyReply>
{
    /// <summary>A verdict for each memory, in order.</summary>
    public required IReadOnlyList<VerifiedView> Verdicts { get; init; }

    /// <summary>Verdicts of the engine.</summary>
    public static VerifyReply Of(IReadOnlyList<VerifiedMemory> verified) => new() { Verdicts = [.. verified.Select(VerifiedView.Of)] };

    /// <summary>The verdicts for the engine.</summary>
    public IReadOnlyList<VerifiedMemory> ToVerified() => [.. Verdicts.Select(v => v.ToVerified())];

    /// <inheritdoc/>
    public static VerifyReply Read(ref MapReader map) => new() { Verdicts = map.NeedMaps<VerifiedView>("verdicts") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => map.Maps("verdicts", Verdicts);
}

/// <summary>A memory that was verified.</summary>
public sealed record VerifiedView : IWireMap<VerifiedView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>The version that was verified, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>What verification says.</summary>
    public required VerdictView Verdict { get; init; }

    /// <summary>How bound to its origin its text is; null when it could not be read.</summary>
    public SpecificityView? Specificity { get; init; }

    /// <summary>A verdict of the engine.</summary>
    public static VerifiedView Of(VerifiedMemory verified) => new()
    {
        Id = verified.Id,
        Version = verified.Version,
        Verdict = VerdictView.Of(verified.Verdict),
        Specificity = verified.Specificity is { } score ? SpecificityView.Of(score) : null,
    };

    /// <summary>The verdict for the engine.</summary>
    public VerifiedMemory ToVerified() => new(Id, Version, Verdict.ToVerdict(), Specificity?.ToScore());

    /// <inheritdoc/>
    public static VerifiedView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Verdict = VerdictView.Read(ref map),
        Specificity = map.Map<SpecificityView>("specificity"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        Verdict.Write(ref map);
        map.Map("specificity", Specificity);
    }
}
