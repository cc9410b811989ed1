using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A memory, or one version of it.</summary>
public sealed record GetRequest : WireRequest, IWireMap<GetRequest>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>The version, from 1; null means the current one, or the newest of a forgotten memory.</summary>
    public int? Version { get; init; }

    /// <summary>As the pool was when this snapshot was made; null means now.</summary>
    public string? AsOf { get; init; }

    /// <inheritdoc/>
    public static GetRequest Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.Int32("version", 1),
        AsOf = map.Text("as_of"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Text("as_of", AsOf);
        WriteDeadline(ref map);
    }
}

/// <summary>Which memory's versions to read.</summary>
public sealed record HistoryRequest : WireRequest, IWireMap<HistoryRequest>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>As the pool was when this snapshot was made; null means now.</summary>
    public string? AsOf { get; init; }

    /// <inheritdoc/>
    public static HistoryRequest Read(ref MapReader map) =>
        new() { Id = map.NeedId("id"), AsOf = map.Text("as_of"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Text("as_of", AsOf);
        WriteDeadline(ref map);
    }
}

/// <summary>All versions of a memory.</summary>
public sealed record HistoryReply : IWireMap<HistoryReply>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its versions, oldest first.</summary>
    public required IReadOnlyList<MemoryView> Versions { get; init; }

    /// <inheritdoc/>
    public static HistoryReply Read(ref MapReader map) =>
        new() { Id = map.NeedId("id"), Versions = map.NeedMaps<MemoryView>("versions") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Maps("versions", Versions);
    }
}

/// <summary>Which memories to list, and from where on.</summary>
public sealed record ListRequest : WireRequest, IWireMap<ListRequest>
{
    /// <summary>Only this domain and below it.</summary>
    public string? Domain { get; init; }

    /// <summary>Only this level.</summary>
    public int? Level { get; init; }

    /// <summary>Only this state, one of <see cref="WireNames.ListedStates"/>; null means <c>active</c>.</summary>
    public string? State { get; init; }

    /// <summary>How many memories at most; the server may send fewer, to keep within the limits of a message.</summary>
    public int? Limit { get; init; }

    /// <summary>What the page before said is <see cref="ListReply.Next"/>; null for the first page.</summary>
    public long? After { get; init; }

    /// <summary>As the pool was when this snapshot was made; null means now.</summary>
    public string? AsOf { get; init; }

    /// <summary>What the engine lists.</summary>
    public static ListRequest Of(ListFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new()
        {
            Domain = filter.Domain,
            Level = (int?)filter.Level,
            State = WireNames.NameOfListed(filter.State),
            After = filter.AfterRecord == 0 ? null : filter.AfterRecord,
        };
    }

    /// <summary>The filter for the engine.</summary>
    public ListFilter ToFilter() => new()
    {
        Domain = Domain,
        Level = (MemoryLevel?)Level,
        State = WireNames.ListedState(State),
        AfterRecord = After ?? 0,
    };

    /// <inheritdoc/>
    public static ListRequest Read(ref MapReader map) => new()
    {
        Domain = map.Text("domain"),
        Level = map.Int32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        State = map.OneOf("state", WireNames.ListedStates),
        Limit = map.Int32("limit", 1),
        After = map.Int64("after", 0),
        AsOf = map.Text("as_of"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("domain", Domain);
        map.Int64("level", Level);
        map.Text("state", State);
        map.Int64("limit", Limit);
        map.Int64("after", After);
        map.Text("as_of", AsOf);
        WriteDeadline(ref map);
    }
}

/// <summary>One page of memories.</summary>
public sealed record ListReply : IWireMap<ListReply>
{
    /// <summary>Memories in the order they were remembered.</summary>
    public required IReadOnlyList<MemoryView> Memories { get; init; }

    /// <summary>Where the next page begins; null when this was the last.</summary>
    public long? Next { get; init; }

    /// <inheritdoc/>
    public static ListReply Read(ref MapReader map) =>
        new() { Memories = map.NeedMaps<MemoryView>("memories"), Next = map.Int64("next", 0) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Maps("memories", Memories);
        map.Int64("next", Next);
    }
}
