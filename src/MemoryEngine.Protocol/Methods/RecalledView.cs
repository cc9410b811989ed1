using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A memory that was found: the memory, why it was found, and what verification says about it.</summary>
public sealed record RecalledView : IWireMap<RecalledView>
{
    /// <summary>The memory, without its vectors.</summary>
    public required MemoryView View { get; init; }

    /// <summary>Why it was found.</summary>
    public required ScoresView Scores { get; init; }

    /// <summary>What verification says: always accepted, with what is worth knowing.</summary>
    public required VerdictView Verdict { get; init; }

    /// <summary>A memory that the engine found.</summary>
    public static RecalledView Of(RecalledMemory recalled) => new()
    {
        View = MemoryView.Of(recalled.Memory),
        Scores = ScoresView.Of(recalled.Scores),
        Verdict = VerdictView.Of(recalled.Verdict),
    };

    /// <summary>The memory as the engine gives it.</summary>
    public RecalledMemory ToRecalled() => new(View.ToVersion(), Scores.ToScores()) { Verdict = Verdict.ToVerdict() };

    /// <inheritdoc/>
    public static RecalledView Read(ref MapReader map) => new()
    {
        View = MemoryView.Read(ref map),
        Scores = map.NeedMap<ScoresView>("scores"),
        Verdict = VerdictView.Read(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        View.Write(ref map);
        map.Map("scores", Scores);
        Verdict.Write(ref map);
    }
}

/// <summary>A memory that was found and not handed over.</summary>
public sealed record LeftOutView : IWireMap<LeftOutView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>How abstract it is, from 1 (trace) to 4 (strategy).</summary>
    public required int Level { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Domain { get; init; }

    /// <summary>Why it was found.</summary>
    public required ScoresView Scores { get; init; }

    /// <summary>Why it was left out.</summary>
    public required VerdictView Verdict { get; init; }

    /// <summary>A memory that the engine left out.</summary>
    public static LeftOutView Of(LeftOutMemory left)
    {
        ArgumentNullException.ThrowIfNull(left);
        return new()
        {
            Id = left.Id,
            Version = left.Version,
            Level = (int)left.Level,
            Domain = left.Domain.Length == 0 ? null : left.Domain,
            Scores = ScoresView.Of(left.Scores),
            Verdict = VerdictView.Of(left.Verdict),
        };
    }

    /// <summary>The memory as the engine gives it.</summary>
    public LeftOutMemory ToLeftOut() =>
        new(Id, Version, (MemoryLevel)Level, Domain ?? "", Scores.ToScores(), Verdict.ToVerdict());

    /// <inheritdoc/>
    public static LeftOutView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Level = map.NeedInt32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Domain = map.Text("domain"),
        Scores = map.NeedMap<ScoresView>("scores"),
        Verdict = VerdictView.Read(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Int64("level", Level);
        map.Text("domain", Domain);
        map.Map("scores", Scores);
        Verdict.Write(ref map);
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

    /// <summary>The rank by vector, from 1.</summary>
    public int? VectorRank { get; init; }

    /// <summary>The rank by BM25, from 1.</summary>
    public int? Bm25Rank { get; init; }

    /// <summary>Scores of the engine.</summary>
    public static ScoresView Of(RecallScores scores) => new()
    {
        Vector = scores.Vector,
        VectorRank = scores.VectorRank,
        Bm25 = scores.Bm25,
        Bm25Rank = scores.Bm25Rank,
        Fused = scores.Fused,
    };

    /// <summary>The scores as the engine gives them.</summary>
    public RecallScores ToScores() => new(Vector, VectorRank, Bm25, Bm25Rank, Fused);

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
