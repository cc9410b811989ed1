using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What forgetting did.</summary>
public sealed record ForgetReply : IWireMap<ForgetReply>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>False when it was forgotten already.</summary>
    public required bool Forgotten { get; init; }

    /// <inheritdoc/>
    public static ForgetReply Read(ref MapReader map) => new() { Id = map.NeedId("id"), Forgotten = map.NeedBoolean("forgotten") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Boolean("forgotten", Forgotten);
    }
}

/// <summary>What restoring did.</summary>
public sealed record RestoreReply : IWireMap<RestoreReply>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>False when it was not forgotten.</summary>
    public required bool Restored { get; init; }

    /// <inheritdoc/>
    public static RestoreReply Read(ref MapReader map) => new() { Id = map.NeedId("id"), Restored = map.NeedBoolean("restored") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Boolean("restored", Restored);
    }
}
