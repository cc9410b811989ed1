using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>One version of one memory, with what the pool knows beside its content.</summary>
public sealed record MemoryView : IWireMap<MemoryView>
{
    /// <summary>What it holds; its id is always there.</summary>
    public required MemoryContent Memory { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The memory's state, one of <see cref="WireNames.States"/>.</summary>
    public required string State { get; init; }

    /// <summary>When this version was remembered, in microseconds since 1970 UTC.</summary>
    public required long CreatedUs { get; init; }

    /// <summary>Whether this version can be recalled.</summary>
    public required bool IsCurrent { get; init; }

    /// <inheritdoc/>
    public static MemoryView Read(ref MapReader map) => new()
    {
        Memory = MemoryContent.Read(ref map) with { Id = map.NeedId("id") },
        Version = map.NeedInt32("version", 1),
        State = map.NeedOneOf("state", WireNames.States),
        CreatedUs = map.NeedInt64("created_us", 0, WireNames.LastMicrosecond),
        IsCurrent = map.NeedBoolean("is_current"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        Memory.Write(ref map);
        map.Int64("version", Version);
        map.Text("state", State);
        map.Int64("created_us", CreatedUs);
        map.Boolean("is_current", IsCurrent);
    }
}
