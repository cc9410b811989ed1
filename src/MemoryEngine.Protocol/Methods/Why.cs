using System.Globalization;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>Which transfer to tell of.</summary>
public sealed record WhyRequest : WireRequest, IWireMap<WhyRequest>
{
    /// <summary>The transfer.</summary>
    public required Guid Transfer { get; init; }

    /// <inheritdoc/>
    public static WhyRequest Read(ref MapReader map) => new() { Transfer = map.NeedId("transfer"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("transfer", Transfer);
        WriteDeadline(ref map);
    }
}

/// <summary>A transfer, what came of it, and what is known of the effect of its memories.</summary>
public sealed record WhyReply : IWireMap<WhyReply>
{
    /// <summary>What was asked, considered, handed over and withheld.</summary>
    public required TransferView Transfer { get; init; }

    /// <summary>What came of it; null while nobody has told.</summary>
    public OutcomeView? Outcome { get; init; }

    /// <summary>When the outcome was told, in microseconds since 1970 UTC.</summary>
    public long? ReportedUs { get; init; }

    /// <summary>What is known of the effect of what was handed over or withheld.</summary>
    public required IReadOnlyList<EffectView> Effects { get; init; }

    /// <summary>A story of the engine.</summary>
    public static WhyReply Of(TransferStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        return new()
        {
            Transfer = TransferView.Of(story.Transfer),
            Outcome = story.Outcome is { } outcome ? OutcomeView.Of(outcome) : null,
            ReportedUs = story.ReportedAt is { } at ? WireTime.Of(at) : null,
            Effects = [.. story.Effects.Select(EffectView.Of)],
        };
    }

    /// <summary>The story as the engine gives it.</summary>
    public TransferStory ToStory() => new()
    {
        Transfer = Transfer.ToTransfer(),
        Outcome = Outcome?.ToOutcome(),
        ReportedAt = ReportedUs is { } at ? WireTime.At(at) : null,
        Effects = [.. Effects.Select(e => e.ToFigures())],
    };

    /// <inheritdoc/>
    public static WhyReply Read(ref MapReader map) => new()
    {
        Transfer = map.NeedMap<TransferView>("transfer"),
        Outcome = map.Map<OutcomeView>("outcome"),
        ReportedUs = map.Int64("reported_us", 0, WireNames.LastMicrosecond),
        Effects = map.NeedMaps<EffectView>("effects"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Map("transfer", Transfer);
        map.Map("outcome", Outcome);
        map.Int64("reported_us", ReportedUs);
        map.Maps("effects", Effects);
    }
}

/// <summary>One recall that was handed to an agent.</summary>
public sealed record TransferView : IWireMap<TransferView>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was, in microseconds since 1970 UTC.</summary>
    public required long AtUs { get; init; }

    /// <summary>The task it was for.</summary>
    public string? Task { get; init; }

    /// <summary>The task's domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The mode it ran in, one of <see cref="WireNames.Modes"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>What it was for, one of <see cref="WireNames.Scenarios"/>.</summary>
    public required string Scenario { get; init; }

    /// <summary>The model that got the memories.</summary>
    public string? ConsumerModel { get; init; }

    /// <summary>The modality of the query.</summary>
    public required string Modality { get; init; }

    /// <summary>How chance took part, one of <see cref="WireNames.Designs"/>.</summary>
    public required string Design { get; init; }

    /// <summary>The seed of what chance decided, in decimal: not every language has integers of 64 bits.</summary>
    public required string Seed { get; init; }

    /// <summary>Whether the whole recall went without memory.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>The share of recalls that was held out then.</summary>
    public required double HoldOutShare { get; init; }

    /// <summary>Distinct source tasks of the pool at that time.</summary>
    public required long PoolTasks { get; init; }

    /// <summary>What was considered, best first.</summary>
    public required IReadOnlyList<CandidateView> Candidates { get; init; }

    /// <summary>What it took.</summary>
    public required RecallMicros Micros { get; init; }

    /// <summary>A transfer of the engine.</summary>
    public static TransferView Of(Transfer transfer)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        return new()
        {
            Id = transfer.Id,
            AtUs = WireTime.Of(transfer.At),
            Task = transfer.Task.Length == 0 ? null : transfer.Task,
            Domain = transfer.TargetDomain.Length == 0 ? null : transfer.TargetDomain,
            Mode = WireNames.Mode.Of(transfer.Mode),
            Scenario = WireNames.Scenario.Of(transfer.Scenario),
            ConsumerModel = transfer.ConsumerModel,
            Modality = transfer.Modality,
            Design = WireNames.Design.Of(transfer.Design),
            Seed = transfer.Seed.ToString(CultureInfo.InvariantCulture),
            HeldOut = transfer.IsHeldOut,
            HoldOutShare = transfer.HoldOutShare,
            PoolTasks = transfer.PoolTasks,
            Candidates = [.. transfer.Candidates.Select(CandidateView.Of)],
            Micros = new() { Search = transfer.Micros.Search, Verify = transfer.Micros.Verify, Total = transfer.Micros.Total },
        };
    }

    /// <summary>The transfer as the engine gives it.</summary>
    /// <exception cref="ProtocolException">The seed is none.</exception>
    public Transfer ToTransfer() => new()
    {
        Id = Id,
        At = WireTime.At(AtUs),
        Task = Task ?? "",
        TargetDomain = Domain ?? "",
        Mode = WireNames.Mode.ValueOf(Mode),
        Scenario = WireNames.Scenario.ValueOf(Scenario),
        ConsumerModel = ConsumerModel,
        Modality = Modality,
        Design = WireNames.Design.ValueOf(Design),
        Seed = ulong.TryParse(Seed, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw new ProtocolException(ProtocolProblem.Unexpected, "expected an integer of 64 bits, found another text", "transfer.seed"),
        IsHeldOut = HeldOut,
        HoldOutShare = HoldOutShare,
        PoolTasks = PoolTasks,
        Candidates = [.. Candidates.Select(c => c.ToCandidate())],
        Micros = new(Micros.Search, Micros.Verify, Micros.Total),
    };

    /// <inheritdoc/>
    public static TransferView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        AtUs = map.NeedInt64("at_us", 0, WireNames.LastMicrosecond),
        Task = map.Text("task"),
        Domain = map.Text("domain"),
        Mode = map.NeedOneOf("mode", WireNames.Modes),
        Scenario = map.NeedOneOf("scenario", WireNames.Scenarios),
        ConsumerModel = map.Text("consumer_model"),
        Modality = map.NeedText("modality"),
        Design = map.NeedOneOf("design", WireNames.Designs),
        Seed = map.NeedText("seed"),
        HeldOut = map.NeedBoolean("held_out"),
        HoldOutShare = map.NeedDouble("hold_out_share"),
        PoolTasks = map.NeedInt64("pool_tasks", 0),
        Candidates = map.NeedMaps<CandidateView>("candidates"),
        Micros = map.NeedMap<RecallMicros>("micros"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("at_us", AtUs);
        map.Text("task", Task);
        map.Text("domain", Domain);
        map.Text("mode", Mode);
        map.Text("scenario", Scenario);
        map.Text("consumer_model", ConsumerModel);
        map.Text("modality", Modality);
        map.Text("design", Design);
        map.Text("seed", Seed);
        map.Boolean("held_out", HeldOut);
        map.Double("hold_out_share", HoldOutShare);
        map.Int64("pool_tasks", PoolTasks);
        map.Maps("candidates", Candidates);
        map.Map("micros", Micros);
    }
}
