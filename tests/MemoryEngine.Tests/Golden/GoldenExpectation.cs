using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemoryEngine.Tests.Golden;

/// <summary>What opening a golden pool must show, as it stands in its expected.json: a refusal, or everything that it holds.</summary>
internal sealed record GoldenExpectation
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public GoldenRefusal? Refusal { get; init; }

    public GoldenState? State { get; init; }

    /// <summary>Parts of what the first opening for writing must say; nothing else.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public static GoldenExpectation Read(string path) => JsonSerializer.Deserialize<GoldenExpectation>(File.ReadAllText(path), Json)!;

    public void Write(string path) => File.WriteAllText(path, Text(this) + "\n");

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Json);
}

/// <summary>An opening that must be refused, and what it must say.</summary>
/// <param name="File">The damaged file, within the pool.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Expected">What should stand there.</param>
/// <param name="Found">What stands there.</param>
internal sealed record GoldenRefusal(string File, long Offset, string Expected, string Found);

/// <summary>Everything that a pool holds.</summary>
internal sealed record GoldenState(long Sequence, long Records, long Memories, IReadOnlyList<GoldenVersion> Versions)
{
    public IReadOnlyList<VectorSpace> Spaces { get; init; } = [];

    /// <summary>Idempotency keys, and what repeating them must answer.</summary>
    public IReadOnlyDictionary<string, RememberResult> Keys { get; init; } = new Dictionary<string, RememberResult>();

    public IReadOnlyList<GoldenSnapshot> Snapshots { get; init; } = [];

    public IReadOnlyList<Guid> Purged { get; init; } = [];

    /// <summary>SHA-256 of what the evidence adds up to; null of a generation that had none.</summary>
    public string? Evidence { get; init; }
}

/// <summary>A snapshot: its name, and the live versions in it.</summary>
internal sealed record GoldenSnapshot(string Name, long Sequence, DateTimeOffset CreatedAt, IReadOnlyList<long> Live);

/// <summary>One version of a memory, field by field.</summary>
internal sealed record GoldenVersion(Guid Id, int Version, long RecordId, bool IsCurrent, MemoryState State, DateTimeOffset CreatedAt, string Text)
{
    public MemoryLevel Level { get; init; }

    public MemoryFormat Format { get; init; }

    public TaskResult Result { get; init; }

    public string Domain { get; init; } = "";

    public string? Task { get; init; }

    public string? Title { get; init; }

    public string? Key { get; init; }

    public string? Model { get; init; }

    public string? Contributor { get; init; }

    public string? Source { get; init; }

    public string? License { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public SortedDictionary<string, string> Requires { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public SortedDictionary<string, float[]> Vectors { get; init; } = [];

    public string? Extra { get; init; }

    public static GoldenVersion From(MemoryVersion v) => new(v.Id, v.Version, v.RecordId, v.IsCurrent, v.State, v.CreatedAt, v.Text)
    {
        Level = v.Level,
        Format = v.Format,
        Result = v.Result,
        Domain = v.Domain,
        Task = v.Task,
        Title = v.Title,
        Key = v.Key,
        Model = v.Model,
        Contributor = v.Contributor,
        Source = v.Source,
        License = v.License,
        ExpiresAt = v.ExpiresAt,
        Requires = new(v.Requires.ToDictionary(), StringComparer.Ordinal),
        Tags = v.Tags,
        Vectors = new(v.Vectors.ToDictionary(p => p.Key, p => p.Value.ToArray()), StringComparer.Ordinal),
        Extra = v.Extra,
    };
}
