using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A memory that was found: what its reader needs of it, and why it was found.</summary>
public sealed record RecalledView : IWireMap<RecalledView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>How abstract it is, from 1 (trace) to 4 (strategy).</summary>
    public required int Level { get; init; }

    /// <summary>Its shape, one of <see cref="WireNames.Formats"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Domain { get; init; }

    /// <summary>Its title.</summary>
    public string? Title { get; init; }

    /// <summary>The memory itself.</summary>
    public required string Text { get; init; }

    /// <summary>Why it was found.</summary>
    public required ScoresView Scores { get; init; }

    /// <inheritdoc/>
    public static RecalledView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Level = map.NeedInt32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Format = map.NeedOneOf("format", WireNames.Formats),
        Domain = map.Text("domain"),
        Title = map.Text("title"),
        Text = map.NeedText("text"),
        Scores = map.NeedMap<ScoresView>("scores"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Int64("level", Level);
        map.Text("format", Format);
        map.Text("domain", Domain);
        map.Text("title", Title);
        map.Text("text", Text);
        map.Map("scores", Scores);
    }
}

/// <summary>Scores of a memory that was found. A part that did not find it has none.</summary>
public sealed record ScoresView : IWireMap<ScoresView>
{
    /// <summary>The raw similarity under the space's metric.</summary>
    public float? Vector { get; init; }

    /// <summary>The raw BM25 score.</summary>
    public float? Bm25 { get; init; }

    /// <summary>The score by which the memories are ordered; good for nothing else.</summary>
    public required float Fused { get; init; }

    /// <summary>The rank by vector, from 1, when asked to explain.</summary>
    public int? VectorRank { get; init; }

    /// <summary>The rank by BM25, from 1, when asked to explain.</summary>
    public int? Bm25Rank { get; init; }

    /// <inheritdoc/>
    public static ScoresView Read(ref MapReader map) => new()
    {
        Vector = map.Single("vector"),
        Bm25 = map.Single("bm25"),
        Fused = map.NeedSingle("fused"),
        VectorRank = map.Int32("vector_rank", 1),
        Bm25Rank = map.Int32("bm25_rank", 1),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Single("vector", Vector);
        map.Single("bm25", Bm25);
        map.Single("fused", Fused);
        map.Int64("vector_rank", VectorRank);
        map.Int64("bm25_rank", Bm25Rank);
    }
}

/// <summary>What a recall took, in microseconds.</summary>
public sealed record RecallMicros : IWireMap<RecallMicros>
{
    /// <summary>The search: embedding, vectors, words, fusion.</summary>
    public required long Search { get; init; }

    /// <summary>Everything, reading the memories included.</summary>
    public required long Total { get; init; }

    /// <inheritdoc/>
    public static RecallMicros Read(ref MapReader map) =>
        new() { Search = map.NeedInt64("search", 0), Total = map.NeedInt64("total", 0) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("search", Search);
        map.Int64("total", Total);
    }
}
