using System.Globalization;
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

    /// <summary>Active memories that only words find, because the embedder was down or refused them.</summary>
    public required long Unembedded { get; init; }

    /// <summary>Why the embedder is not asked at the moment; null while it answers, and where there is none.</summary>
    public string? EmbedderProblem { get; init; }

    /// <summary>What opening found and did, a sentence each.</summary>
    public IReadOnlyList<string> OpeningNotes { get; init; } = [];

    /// <summary>The vector spaces.</summary>
    public required IReadOnlyList<SpaceView> Spaces { get; init; }

    /// <summary>Where memories lie and where they were read from.</summary>
    public required IReadOnlyList<TierView> Tiers { get; init; }

    /// <summary><c>ready</c>, <c>degraded</c> or <c>poisoned</c>; a newer server may know others.</summary>
    public required string Health { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static StatsReply Of(PoolStats stats)
    {
        ArgumentNullException.ThrowIfNull(stats);
        return new()
        {
            PoolId = stats.PoolId,
            Memories = stats.Memories,
            Records = stats.Records,
            ByLevel = stats.ByLevel.ToDictionary(l => ((int)l.Key).ToString(CultureInfo.InvariantCulture), l => l.Value),
            ByDomain = stats.ByDomain,
            Tasks = stats.Tasks,
            Sequence = stats.Sequence,
            Bytes = new() { Journal = stats.JournalBytes, Records = stats.RecordBytes, Segments = stats.SegmentBytes },
            Unembedded = stats.Unembedded,
            EmbedderProblem = stats.EmbedderProblem,
            OpeningNotes = stats.OpeningNotes,
            Spaces = [.. stats.Spaces.Select(SpaceView.Of)],
            Tiers = [.. stats.Tiers.Select(t => new TierView { Tier = t.Tier, Bytes = t.Bytes, Reads = t.Reads })],
            Health = stats.Health,
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public PoolStats ToStats() => new()
    {
        PoolId = PoolId,
        Memories = Memories,
        Records = Records,
        ByLevel = Enum.GetValues<MemoryLevel>()
            .Select(l => (Level: l, Name: ((int)l).ToString(CultureInfo.InvariantCulture)))
            .Where(l => ByLevel.ContainsKey(l.Name)).ToDictionary(l => l.Level, l => ByLevel[l.Name]),
        ByDomain = new SortedDictionary<string, long>(ByDomain.ToDictionary(), StringComparer.Ordinal),
        Tasks = Tasks,
        Sequence = Sequence,
        JournalBytes = Bytes.Journal,
        RecordBytes = Bytes.Records,
        SegmentBytes = Bytes.Segments,
        Unembedded = Unembedded,
        EmbedderProblem = EmbedderProblem,
        OpeningNotes = OpeningNotes,
        Spaces = [.. Spaces.Select(s => s.ToSpace())],
        Tiers = [.. Tiers.Select(t => new TierFigures(t.Tier, t.Bytes, t.Reads))],
        Health = Health,
    };

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
        Unembedded = map.NeedInt64("unembedded", 0),
        EmbedderProblem = map.Text("embedder_problem"),
        OpeningNotes = map.Texts("opening_notes"),
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
        map.Int64("unembedded", Unembedded);
        map.Text("embedder_problem", EmbedderProblem);
        map.Texts("opening_notes", OpeningNotes);
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

    /// <summary>Of the segments.</summary>
    public required long Segments { get; init; }

    /// <inheritdoc/>
    public static StatsBytes Read(ref MapReader map) => new()
    {
        Journal = map.NeedInt64("journal", 0),
        Records = map.NeedInt64("records", 0),
        Segments = map.NeedInt64("segments", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("journal", Journal);
        map.Int64("records", Records);
        map.Int64("segments", Segments);
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

    /// <summary>The embedder's version, when its name does not say it.</summary>
    public string? Revision { get; init; }

    /// <summary>What is embedded: <c>text</c>, <c>code</c>, ...</summary>
    public required string Modality { get; init; }

    /// <summary>A space of the engine.</summary>
    public static SpaceView Of(VectorSpace space) => new()
    {
        Name = space.Name,
        Dimension = space.Dimension,
        Metric = WireNames.Metric.Of(space.Metric),
        Embedder = space.EmbedderId,
        Revision = space.EmbedderRevision.Length == 0 ? null : space.EmbedderRevision,
        Modality = space.Modality,
    };

    /// <summary>The space for the engine.</summary>
    public VectorSpace ToSpace() => new(Name, Dimension, WireNames.Metric.ValueOf(Metric), Embedder, Revision ?? "", Modality);

    /// <inheritdoc/>
    public static SpaceView Read(ref MapReader map) => new()
    {
        Name = map.NeedText("name"),
        Dimension = map.NeedInt32("dimension", 1),
        Metric = map.NeedOneOf("metric", WireNames.Metrics),
        Embedder = map.NeedText("embedder"),
        Revision = map.Text("revision"),
        Modality = map.NeedText("modality"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        map.Int64("dimension", Dimension);
        map.Text("metric", Metric);
        map.Text("embedder", Embedder);
        map.Text("revision", Revision);
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
