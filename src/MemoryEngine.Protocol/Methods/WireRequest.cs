using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What every request may say beside its own parameters.</summary>
public abstract record WireRequest
{
    private const string DeadlineField = "deadline_ms";

    /// <summary>Milliseconds, from 1, after which the client no longer waits for an answer.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>
    /// Gives back the arrays that it was read into, after which nobody may use it: for a server, when the request is answered. Who never
    /// does leaves them to be collected.
    /// </summary>
    public virtual void Release()
    {
    }

    private protected static int? ReadDeadline(ref MapReader map) => map.Int32(DeadlineField, 1);

    private protected void WriteDeadline(ref MapWriter map) => map.Int64(DeadlineField, DeadlineMs);
}

/// <summary>The parameters of a method that takes none of its own.</summary>
public sealed record EmptyRequest : WireRequest, IWireMap<EmptyRequest>
{
    /// <inheritdoc/>
    public static EmptyRequest Read(ref MapReader map) => new() { DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => WriteDeadline(ref map);
}

/// <summary>Which figures to tell.</summary>
public sealed record StatsRequest : WireRequest, IWireMap<StatsRequest>
{
    /// <summary>As the pool was when this snapshot was made; null means now.</summary>
    public string? AsOf { get; init; }

    /// <inheritdoc/>
    public static StatsRequest Read(ref MapReader map) => new() { AsOf = map.Text("as_of"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("as_of", AsOf);
        WriteDeadline(ref map);
    }
}

/// <summary>The result of a method that has nothing to say.</summary>
public sealed record EmptyReply : IWireMap<EmptyReply>
{
    /// <inheritdoc/>
    public static EmptyReply Read(ref MapReader map) => new();

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
    }
}

/// <summary>The parameters of a method that is about one memory.</summary>
public sealed record IdRequest : WireRequest, IWireMap<IdRequest>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <inheritdoc/>
    public static IdRequest Read(ref MapReader map) => new() { Id = map.NeedId("id"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        WriteDeadline(ref map);
    }
}
