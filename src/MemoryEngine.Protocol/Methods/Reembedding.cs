using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>
/// How the pool's own embedder is to make what vectors are missing. An embedder itself does not travel: a pool gets another one from
/// whoever opens it.
/// </summary>
public sealed record ReembedRequest : WireRequest, IWireMap<ReembedRequest>
{
    /// <summary>Texts that go to the embedder at once, and are durable before the next ones go; null leaves it to the server.</summary>
    public int? BatchTexts { get; init; }

    /// <summary>No more texts a second than this; null for as many as it takes.</summary>
    public double? TextsPerSecond { get; init; }

    /// <summary>Whether the spaces of earlier embedders are given up afterwards.</summary>
    public bool? DropOld { get; init; }

    /// <summary>The request of options whose embedder is the pool's own.</summary>
    /// <exception cref="ArgumentException">They bring an embedder.</exception>
    public static ReembedRequest Of(ReembedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Embedder is not null || options.EmbedderId is not null)
            throw new ArgumentException("An embedder cannot be sent to a server: the pool gets another one from whoever opens it.", nameof(options));
        return new() { BatchTexts = options.BatchTexts, TextsPerSecond = options.TextsPerSecond, DropOld = options.DropOld ? true : null };
    }

    /// <summary>The options as the engine takes them.</summary>
    public ReembedOptions ToOptions()
    {
        var options = new ReembedOptions { TextsPerSecond = TextsPerSecond, DropOld = DropOld ?? false };
        return BatchTexts is { } texts ? options with { BatchTexts = texts } : options;
    }

    /// <inheritdoc/>
    public static ReembedRequest Read(ref MapReader map) => new()
    {
        BatchTexts = map.Int32("batch_texts", 1),
        TextsPerSecond = map.Double("texts_per_second"),
        DropOld = map.Boolean("drop_old"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("batch_texts", BatchTexts);
        map.Double("texts_per_second", TextsPerSecond);
        map.Boolean("drop_old", DropOld);
        WriteDeadline(ref map);
    }
}

/// <summary>What a re-embedding did.</summary>
public sealed record ReembedReply : IWireMap<ReembedReply>
{
    /// <summary>The embedder whose vectors the texts have now.</summary>
    public required string Embedder { get; init; }

    /// <summary>What tells two versions of it apart; empty where the id does.</summary>
    public required string EmbedderRevision { get; init; }

    /// <summary>Vectors that were made and stored.</summary>
    public required long Embedded { get; init; }

    /// <summary>Vectors that were there already.</summary>
    public required long Already { get; init; }

    /// <summary>Texts that the embedder made no vector of.</summary>
    public required long Skipped { get; init; }

    /// <summary>Why it made none of the first such text.</summary>
    public string? SkippedBecause { get; init; }

    /// <summary>Whether the texts had vectors of another embedder before, or none.</summary>
    public required bool Switched { get; init; }

    /// <summary>How many spaces were given up.</summary>
    public required int DroppedSpaces { get; init; }

    /// <summary>A result of the engine.</summary>
    public static ReembedReply Of(ReembedResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new()
        {
            Embedder = result.Embedder.Id,
            EmbedderRevision = result.Embedder.Revision,
            Embedded = result.Embedded,
            Already = result.Already,
            Skipped = result.Skipped,
            SkippedBecause = result.SkippedBecause,
            Switched = result.Switched,
            DroppedSpaces = result.DroppedSpaces,
        };
    }

    /// <summary>The result as the engine gives it.</summary>
    public ReembedResult ToResult() => new()
    {
        Embedder = new EmbedderIdentity(Embedder, EmbedderRevision),
        Embedded = Embedded,
        Already = Already,
        Skipped = Skipped,
        SkippedBecause = SkippedBecause,
        Switched = Switched,
        DroppedSpaces = DroppedSpaces,
    };

    /// <inheritdoc/>
    public static ReembedReply Read(ref MapReader map) => new()
    {
        Embedder = map.NeedText("embedder"),
        EmbedderRevision = map.NeedText("embedder_revision"),
        Embedded = map.NeedInt64("embedded", 0),
        Already = map.NeedInt64("already", 0),
        Skipped = map.NeedInt64("skipped", 0),
        SkippedBecause = map.Text("skipped_because"),
        Switched = map.NeedBoolean("switched"),
        DroppedSpaces = map.NeedInt32("dropped_spaces", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("embedder", Embedder);
        map.Text("embedder_revision", EmbedderRevision);
        map.Int64("embedded", Embedded);
        map.Int64("already", Already);
        map.Int64("skipped", Skipped);
        map.Text("skipped_because", SkippedBecause);
        map.Boolean("switched", Switched);
        map.Int64("dropped_spaces", DroppedSpaces);
    }
}
