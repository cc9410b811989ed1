using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A pool's figures.</summary>
public sealed record StatsReply : IWireMap<StatsReply>
{
    /// <summary>The pool.</summary>
    public required Guid PoolId { get; init; }

    /// <summary>Active memories.</summary>
    public required long Memories { get; init; }

    /// <summary>Versions of memories, those of forgotten ones included.</summary>
    public required long Records { get; init; }

    /// <summary>Active memories by level, from <c>"1"</c> to <c>"4"</c>.</summary>
    public IReadOnlyDictionary<string, long> ByLevel { get; init; } = WireMaps.NoCounts;

    /// <summary>Active memories by domain.</summary>
    public IReadOnlyDictionary<string, long> ByDomain { get; init; } = WireMaps.NoCounts;

    /// <summary>Distinct pairs of domain and task with an active memory.</summary>
    public required long Tasks { get; init; }

    /// <summary>The pool's number of its newest event.</summary>
    public required long Sequence { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required StatsBytes Bytes { get; init; }

    /// <summary>The vector spaces.</summary>
    public required IReadOnlyList<SpaceView> Spaces { get; init; }

    /// <summary>Where memories lie and where they were read from.</summary>
    public required IReadOnlyList<TierView> Tiers { get; init; }

    /// <summary><c>ready</c>, <c>degraded</c> or <c>poisoned</c>; a newer server may know others.</summary>
    public required string Health { get; init; }

    /// <inheritdoc/>
    public static StatsReply Read(ref MapReader map) => new()
    {
        PoolId = map.NeedId("pool_id"),
        Memories = map.NeedInt64("memories", 0),
        Records = map.NeedInt64("records", 0),
        ByLevel = map.Counts("by_level"),
        ByDomain = map.Counts("by_domain"),
        Tasks = map.NeedInt64("tasks", 0),
        Sequence = map.NeedInt64("sequence", 0),
        Bytes = map.NeedMap<StatsBytes>("bytes"),
        Spaces = map.NeedMaps<SpaceView>("spaces"),
        Tiers = map.NeedMaps<TierView>("tiers"),
        Health = map.NeedText("health"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("pool_id", PoolId);
        map.Int64("memories", Memories);
        map.Int64("records", Records);
        map.Counts("by_level", ByLevel);
        map.Counts("by_domain", ByDomain);
        map.Int64("tasks", Tasks);
        map.Int64("sequence", Sequence);
        map.Map("bytes", Bytes);
        map.Maps("spaces", Spaces);
        map.Maps("tiers", Tiers);
        map.Text("health", Health);
    }
}

/// <summary>A pool's bytes on disk.</summary>
public sealed record StatsBytes : IWireMap<StatsBytes>
{
    /// <summary>Of the journal, in use.</summary>
    public required long Journal { get; init; }

    /// <summary>Of the record log.</summary>
    public required long Records { get; init; }

    /// <inheritdoc/>
    public static StatsBytes Read(ref MapReader map) =>
        new() { Journal = map.NeedInt64("journal", 0), Records = map.NeedInt64("records", 0) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("journal", Journal);
        map.Int64("records", Records);
    }
}

/// <summary>A vector space.</summary>
public sealed record SpaceView : IWireMap<SpaceView>
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Floats a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>How vectors are compared, one of <see cref="WireNames.Metrics"/>.</summary>
    public required string Metric { get; init; }

    /// <summary>What makes the vectors.</summary>
    public required string Embedder { get; init; }

    /// <summary>What is embedded: <c>text</c>, <c>code</c>, ...</summary>
    public required string Modality { get; init; }

    /// <inheritdoc/>
    public static SpaceView Read(ref MapReader map) => new()
    {
        Name = map.NeedText("name"),
        Dimension = map.NeedInt32("dimension", 1),
        Metric = map.NeedOneOf("metric", WireNames.Metrics),
        Embedder = map.NeedText("embedder"),
        Modality = map.NeedText("modality"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        map.Int64("dimension", Dimension);
        map.Text("metric", Metric);
        map.Text("embedder", Embedder);
        map.Text("modality", Modality);
    }
}

/// <summary>One storage tier of the record log.</summary>
public sealed record TierView : IWireMap<TierView>
{
    /// <summary><c>mutable</c>, <c>read-only</c> (both in memory) or <c>disk</c>.</summary>
    public required string Tier { get; init; }

    /// <summary>Bytes of the log in it.</summary>
    public required long Bytes { get; init; }

    /// <summary>Memories read from it since the pool was opened.</summary>
    public required long Reads { get; init; }

    /// <inheritdoc/>
    public static TierView Read(ref MapReader map) => new()
    {
        Tier = map.NeedText("tier"),
        Bytes = map.NeedInt64("bytes", 0),
        Reads = map.NeedInt64("reads", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("tier", Tier);
        map.Int64("bytes", Bytes);
        map.Int64("reads", Reads);
    }
}
