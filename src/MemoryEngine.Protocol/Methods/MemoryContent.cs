using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>
/// What a memory holds, with the names that it has in the JSON Lines form. In a map these fields stand beside those of the
/// method, not within a map of their own.
/// </summary>
public sealed record MemoryContent : IWireMap<MemoryContent>
{
    /// <summary>The memory; null lets the pool make a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>Its shape, one of <see cref="WireNames.Formats"/>; null means <c>insight</c>.</summary>
    public string? Format { get; init; }

    /// <summary>How abstract it is, from 1 (trace) to 4 (strategy); null means 3.</summary>
    public int? Level { get; init; }

    /// <summary>Where it comes from, as a path: <c>backend/go</c>.</summary>
    public string? Domain { get; init; }

    /// <summary>The task it was learned on.</summary>
    public string? Task { get; init; }

    /// <summary>A title, searched with the key text.</summary>
    public string? Title { get; init; }

    /// <summary>The key text: the situation in which the memory should be found.</summary>
    public string? Key { get; init; }

    /// <summary>What is handed over when the memory is recalled.</summary>
    public required string Text { get; init; }

    /// <summary>The model that produced it.</summary>
    public string? Model { get; init; }

    /// <summary>The agent or person it comes from.</summary>
    public string? Contributor { get; init; }

    /// <summary>When it stops being recalled, in microseconds since 1970 UTC.</summary>
    public long? ExpiresUs { get; init; }

    /// <summary>How its task ended, one of <see cref="WireNames.Results"/>; null when that is not stated.</summary>
    public string? Result { get; init; }

    /// <summary>Preconditions: <c>language</c>, <c>tool</c>, ... to what a task must have.</summary>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = WireMaps.NoTexts;

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where its text comes from.</summary>
    public string? Source { get; init; }

    /// <summary>The licence of its text.</summary>
    public string? License { get; init; }

    /// <summary>Vectors by space.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors { get; init; } = WireMaps.NoVectors;

    /// <summary>A JSON object of fields that the pool keeps without knowing them.</summary>
    public string? Extra { get; init; }

    /// <summary>In a request: the same key with the same content gets the first answer, with other content a conflict.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What a caller asks to remember.</summary>
    public static MemoryContent Of(MemoryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return new()
        {
            Id = draft.Id,
            Format = WireNames.Format.Of(draft.Format),
            Level = (int)draft.Level,
            Domain = NullIfEmpty(draft.Domain),
            Task = draft.Task,
            Title = draft.Title,
            Key = draft.Key,
            Text = draft.Text,
            Model = draft.Model,
            Contributor = draft.Contributor,
            ExpiresUs = draft.ExpiresAt is { } expiry ? WireTime.Of(expiry) : null,
            Result = draft.Result == TaskResult.Unknown ? null : WireNames.Result.Of(draft.Result),
            Requires = draft.Requires,
            Tags = draft.Tags,
            Source = draft.Source,
            License = draft.License,
            Vectors = draft.Vectors,
            Extra = draft.Extra,
            IdempotencyKey = draft.IdempotencyKey,
        };
    }

    /// <summary>What a version holds.</summary>
    public static MemoryContent Of(MemoryVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new()
        {
            Id = version.Id,
            Format = WireNames.Format.Of(version.Format),
            Level = (int)version.Level,
            Domain = NullIfEmpty(version.Domain),
            Task = version.Task,
            Title = version.Title,
            Key = version.Key,
            Text = version.Text,
            Model = version.Model,
            Contributor = version.Contributor,
            ExpiresUs = version.ExpiresAt is { } expiry ? WireTime.Of(expiry) : null,
            Result = version.Result == TaskResult.Unknown ? null : WireNames.Result.Of(version.Result),
            Requires = version.Requires,
            Tags = version.Tags,
            Source = version.Source,
            License = version.License,
            Vectors = version.Vectors,
            Extra = version.Extra,
        };
    }

    /// <summary>The same for the engine.</summary>
    public MemoryDraft ToDraft() => new()
    {
        Id = Id,
        Text = Text,
        Level = Level is { } level ? (MemoryLevel)level : MemoryLevel.Insight,
        Format = Format is null ? MemoryFormat.Insight : WireNames.Format.ValueOf(Format),
        Domain = Domain ?? "",
        Task = Task,
        Title = Title,
        Key = Key,
        Model = Model,
        Contributor = Contributor,
        Source = Source,
        License = License,
        Result = Result is null ? TaskResult.Unknown : WireNames.Result.ValueOf(Result),
        ExpiresAt = ExpiresUs is { } expiry ? WireTime.At(expiry) : null,
        Requires = Requires,
        Tags = Tags,
        Vectors = Vectors,
        Extra = Extra,
        IdempotencyKey = IdempotencyKey,
    };

    /// <inheritdoc/>
    public static MemoryContent Read(ref MapReader map) => new()
    {
        Id = map.Id("id"),
        Format = map.OneOf("format", WireNames.Formats),
        Level = map.Int32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Domain = map.Text("domain"),
        Task = map.Text("task"),
        Title = map.Text("title"),
        Key = map.Text("key"),
        Text = map.NeedText("text"),
        Model = map.Text("model"),
        Contributor = map.Text("contributor"),
        ExpiresUs = map.Int64("expires_us", 0, WireNames.LastMicrosecond),
        Result = map.OneOf("result", WireNames.Results),
        Requires = map.TextMap("requires"),
        Tags = map.Texts("tags"),
        Source = map.Text("source"),
        License = map.Text("license"),
        Vectors = map.Vectors("vectors"),
        Extra = map.Text("extra"),
        IdempotencyKey = map.Text("idempotency_key"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Text("format", Format);
        map.Int64("level", Level);
        map.Text("domain", Domain);
        map.Text("task", Task);
        map.Text("title", Title);
        map.Text("key", Key);
        map.Text("text", Text);
        map.Text("model", Model);
        map.Text("contributor", Contributor);
        map.Int64("expires_us", ExpiresUs);
        map.Text("result", Result);
        map.TextMap("requires", Requires);
        map.Texts("tags", Tags);
        map.Text("source", Source);
        map.Text("license", License);
        map.Vectors("vectors", Vectors);
        map.Text("extra", Extra);
        map.Text("idempotency_key", IdempotencyKey);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
