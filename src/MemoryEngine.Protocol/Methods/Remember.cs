using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A memory to remember.</summary>
public sealed record RememberRequest : WireRequest, IWireMap<RememberRequest>
{
    /// <summary>The memory. A known id makes a new version of it when the content differs.</summary>
    public required MemoryContent Memory { get; init; }

    /// <inheritdoc/>
    public static RememberRequest Read(ref MapReader map) =>
        new() { Memory = MemoryContent.Read(ref map), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        Memory.Write(ref map);
        WriteDeadline(ref map);
    }
}

/// <summary>What remembering did.</summary>
public sealed record RememberReply : IWireMap<RememberReply>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its current version.</summary>
    public required int Version { get; init; }

    /// <summary>What changed, one of <see cref="WireNames.Outcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The pool's number of the event; of the original one where nothing changed.</summary>
    public required long Sequence { get; init; }

    /// <summary>Why the memory was stored without a vector of its text; null when all was in order.</summary>
    public string? Note { get; init; }

    /// <summary>A result of the engine.</summary>
    public static RememberReply Of(RememberResult result) => new()
    {
        Id = result.Id,
        Version = result.Version,
        Outcome = WireNames.Outcome.Of(result.Outcome),
        Sequence = result.Sequence,
        Note = result.Note,
    };

    /// <summary>The result as the engine gives it.</summary>
    public RememberResult ToResult() => new(Id, Version, WireNames.Outcome.ValueOf(Outcome), Sequence) { Note = Note };

    /// <inheritdoc/>
    public static RememberReply Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Outcome = map.NeedOneOf("outcome", WireNames.Outcomes),
        Sequence = map.NeedInt64("sequence", 0),
        Note = map.Text("note"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Text("outcome", Outcome);
        map.Int64("sequence", Sequence);
        map.Text("note", Note);
    }
}

/// <summary>Memories to remember. All are checked before any is written; each is then remembered by itself.</summary>
public sealed record RememberManyRequest : WireRequest, IWireMap<RememberManyRequest>
{
    /// <summary>The memories, each with its own idempotency key if any.</summary>
    public required IReadOnlyList<MemoryContent> Memories { get; init; }

    /// <inheritdoc/>
    public static RememberManyRequest Read(ref MapReader map) =>
        new() { Memories = map.NeedMaps<MemoryContent>("memories"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Maps("memories", Memories);
        WriteDeadline(ref map);
    }
}

/// <summary>What remembering many did.</summary>
public sealed record RememberManyReply : IWireMap<RememberManyReply>
{
    /// <summary>A result for each memory, in order.</summary>
    public required IReadOnlyList<RememberReply> Results { get; init; }

    /// <inheritdoc/>
    public static RememberManyReply Read(ref MapReader map) => new() { Results = map.NeedMaps<RememberReply>("results") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => map.Maps("results", Results);
}

/// <summary>The new content of a memory: the whole of it, what is left out is gone.</summary>
public sealed record ReviseRequest : WireRequest, IWireMap<ReviseRequest>
{
    /// <summary>The content; its id is always there.</summary>
    public required MemoryContent Memory { get; init; }

    /// <summary>The version that the client has seen; another one is a conflict.</summary>
    public int? ExpectedVersion { get; init; }

    /// <inheritdoc/>
    public static ReviseRequest Read(ref MapReader map) => new()
    {
        Memory = MemoryContent.Read(ref map) with { Id = map.NeedId("id") },
        ExpectedVersion = map.Int32("expected_version", 1),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        Memory.Write(ref map);
        map.Int64("expected_version", ExpectedVersion);
        WriteDeadline(ref map);
    }
}
