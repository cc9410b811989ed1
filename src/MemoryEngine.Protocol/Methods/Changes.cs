using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>From where on to be told of changes.</summary>
public sealed record SubscribeRequest : WireRequest, IWireMap<SubscribeRequest>
{
    /// <summary>The number of the last event that the client knows; null means the newest one now.</summary>
    public long? After { get; init; }

    /// <inheritdoc/>
    public static SubscribeRequest Read(ref MapReader map) =>
        new() { After = map.Int64("after", 0), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("after", After);
        WriteDeadline(ref map);
    }
}

/// <summary>The subscription. Notifications follow it, and end with the connection.</summary>
public sealed record SubscribeReply : IWireMap<SubscribeReply>
{
    /// <summary>The number after which changes are told.</summary>
    public required long Sequence { get; init; }

    /// <inheritdoc/>
    public static SubscribeReply Read(ref MapReader map) => new() { Sequence = map.NeedInt64("sequence", 0) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => map.Int64("sequence", Sequence);
}

/// <summary>One change of the pool: the parameters of the notification <c>memory.change</c>.</summary>
public sealed record ChangeNotice : IWireMap<ChangeNotice>
{
    /// <summary>The number of the event.</summary>
    public required long Sequence { get; init; }

    /// <summary>What happened, one of <see cref="MemoryChangeKind"/> by name; a newer server may know others.</summary>
    public required string Kind { get; init; }

    /// <summary>The memory that changed; null for what concerns more than one.</summary>
    public Guid? Id { get; init; }

    /// <summary>Its version from then on, where there is one.</summary>
    public int? Version { get; init; }

    /// <summary>A change of the engine.</summary>
    public static ChangeNotice Of(MemoryChange change) => new()
    {
        Sequence = change.Sequence,
        Kind = WireNames.Change.Of(change.Kind),
        Id = change.Id,
        Version = change.Version,
    };

    /// <summary>The change as the engine gives it; null when this version does not know its kind.</summary>
    public MemoryChange? ToChange() =>
        WireNames.Change.All.Contains(Kind) ? new MemoryChange(Sequence, WireNames.Change.ValueOf(Kind), Id, Version) : null;

    /// <inheritdoc/>
    public static ChangeNotice Read(ref MapReader map) => new()
    {
        Sequence = map.NeedInt64("sequence", 0),
        Kind = map.NeedText("kind"),
        Id = map.Id("id"),
        Version = map.Int32("version", 1),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("sequence", Sequence);
        map.Text("kind", Kind);
        map.Id("id", Id);
        map.Int64("version", Version);
    }
}
