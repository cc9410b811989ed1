using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What to recall: a text, a vector, or both.</summary>
public sealed record RecallRequest : WireRequest, IWireMap<RecallRequest>
{
    /// <summary>The task or question.</summary>
    public string? Query { get; init; }

    /// <summary>The domain of the task that asks: which memories may reach it follows from that.</summary>
    public string? Domain { get; init; }

    /// <summary>How many memories at most; null means 3.</summary>
    public int? K { get; init; }

    /// <summary>The lowest and highest level; null means all.</summary>
    public (int Least, int Most)? Level { get; init; }

    /// <summary>Only this format, one of <see cref="WireNames.Formats"/>.</summary>
    public string? Format { get; init; }

    /// <summary>Only memories that this model produced.</summary>
    public string? Model { get; init; }

    /// <summary>Only memories with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only memories that require this language or state none.</summary>
    public string? Language { get; init; }

    /// <summary>Only memories of this domain or below it.</summary>
    public string? WithinDomain { get; init; }

    /// <summary>No memories of this domain or below it.</summary>
    public string? ExcludeDomain { get; init; }

    /// <summary>The space that is searched by vector; null means that of texts.</summary>
    public string? Space { get; init; }

    /// <summary>A vector of that space; null lets the pool's embedder make one of the query.</summary>
    public ReadOnlyMemory<float>? Vector { get; init; }

    /// <summary>Whether to tell ranks and how many memories were considered.</summary>
    public bool? Explain { get; init; }

    /// <inheritdoc/>
    public static RecallRequest Read(ref MapReader map) => new()
    {
        Query = map.Text("query"),
        Domain = map.Text("domain"),
        K = map.Int32("k", 1),
        Level = map.Range("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Format = map.OneOf("format", WireNames.Formats),
        Model = map.Text("model"),
        Tag = map.Text("tag"),
        Language = map.Text("language"),
        WithinDomain = map.Text("within_domain"),
        ExcludeDomain = map.Text("exclude_domain"),
        Space = map.Text("space"),
        Vector = map.Vector("vector"),
        Explain = map.Boolean("explain"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("query", Query);
        map.Text("domain", Domain);
        map.Int64("k", K);
        map.Range("level", Level);
        map.Text("format", Format);
        map.Text("model", Model);
        map.Text("tag", Tag);
        map.Text("language", Language);
        map.Text("within_domain", WithinDomain);
        map.Text("exclude_domain", ExcludeDomain);
        map.Text("space", Space);
        map.Vector("vector", Vector);
        map.Boolean("explain", Explain);
        WriteDeadline(ref map);
    }
}

/// <summary>What a recall found, best first.</summary>
public sealed record RecallReply : IWireMap<RecallReply>
{
    /// <summary>At most k memories; fewer only when fewer match.</summary>
    public required IReadOnlyList<RecalledView> Memories { get; init; }

    /// <summary>How many memories the filters let through, when asked to explain.</summary>
    public long? Considered { get; init; }

    /// <summary>What it took.</summary>
    public required RecallMicros Micros { get; init; }

    /// <inheritdoc/>
    public static RecallReply Read(ref MapReader map) => new()
    {
        Memories = map.NeedMaps<RecalledView>("memories"),
        Considered = map.Int64("considered", 0),
        Micros = map.NeedMap<RecallMicros>("micros"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Maps("memories", Memories);
        map.Int64("considered", Considered);
        map.Map("micros", Micros);
    }
}
