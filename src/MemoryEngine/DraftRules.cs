using System.Text;
using System.Text.Json;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>What a memory may hold; see <see cref="Limits"/>.</summary>
internal static class DraftRules
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Throws an <see cref="ArgumentException"/> that names the field, what is wrong and what is allowed.</summary>
    public static void Check(MemoryDraft draft, SpaceTable spaces)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (string.IsNullOrWhiteSpace(draft.Text)) throw Refuse("text", "is empty: there is nothing to hand over");
        if (draft.Id == Guid.Empty) throw Refuse("id", "is the empty UUID; leave it out for a new one");
        if (!Enum.IsDefined(draft.Level)) throw Refuse("level", $"is {(byte)draft.Level}; it goes from 1 (trace) to 4 (strategy)");
        if (!Enum.IsDefined(draft.Format)) throw Refuse("format", $"is {(byte)draft.Format}; it goes from 1 (trajectory) to 4 (insight)");
        if (!Enum.IsDefined(draft.Result)) throw Refuse("result", $"is {(byte)draft.Result}; it is pass, fail or not stated");
        CheckText("text", draft.Text, Limits.MaxTextBytes);
        CheckText("key", draft.Key, Limits.MaxKeyBytes);
        CheckDomain(draft.Domain);
        CheckName("task", draft.Task);
        CheckText("title", draft.Title, Limits.MaxNameBytes);
        CheckName("model", draft.Model);
        CheckName("contributor", draft.Contributor);
        CheckName("source", draft.Source);
        CheckName("license", draft.License);
        if (draft.IdempotencyKey is { } key)
        {
            if (key.Length == 0) throw Refuse("idempotency key", "is empty; leave it out or give one");
            CheckText("idempotency key", key, Limits.MaxTagBytes);
        }
        CheckTags(draft);
        CheckExtra(draft.Extra);
        foreach (var (space, vector) in draft.Vectors) CheckVector(spaces.Find(space), space, vector.Span, stored: true);
    }

    public static void CheckText(string field, string? value, int maxBytes)
    {
        if (value is null) return;
        int bytes;
        try
        {
            bytes = Strict.GetByteCount(value);
        }
        catch (EncoderFallbackException e)
        {
            throw Refuse(field, $"is not Unicode text: character {e.Index} is half of a surrogate pair");
        }
        if (bytes > maxBytes) throw Refuse(field, $"takes {bytes} bytes as UTF-8; {maxBytes} are allowed");
    }

    /// <summary>Checks a domain: parts separated by single slashes, or nothing.</summary>
    public static void CheckDomain(string domain)
    {
        if (domain is null) throw Refuse("domain", "is null; the empty domain is \"\"");
        CheckName("domain", domain);
        if (domain.StartsWith('/') || domain.EndsWith('/') || domain.Contains("//", StringComparison.Ordinal))
            throw Refuse("domain", $"'{domain}' is no path: parts with single slashes between them, as in backend/go");
    }

    /// <summary>Checks a vector against its space; <paramref name="stored"/> for those of memories, not of queries.</summary>
    public static void CheckVector(SpaceEntry? entry, string space, ReadOnlySpan<float> vector, bool stored)
    {
        if (entry is null)
        {
            throw Refuse(
                $"vector '{space}'",
                "is of a space that the pool does not have: declare it by MemoryStoreOptions.Spaces or DeclareSpaceAsync");
        }
        CheckVector(entry.Space, vector, stored);
    }

    /// <summary>Checks a vector against the space it is for.</summary>
    public static void CheckVector(VectorSpace entry, ReadOnlySpan<float> vector, bool stored)
    {
        var space = entry.Name;
        if (stored && entry.EmbedderId == Index.HashingEmbedder.Id)
        {
            throw new MemoryEngineException(
                ErrorCode.EmbedderMismatch,
                $"The vectors of space '{space}' are made by {entry.EmbedderId}; another embedder's cannot be compared with them. " +
                "Leave the vector out, give it a space of its own, or make a pool whose text space is the other embedder's.");
        }
        if (vector.Length != entry.Dimension)
            throw Refuse($"vector '{space}'", $"has {vector.Length} dimensions; the space has {entry.Dimension}");
        foreach (var component in vector)
            if (!float.IsFinite(component)) throw Refuse($"vector '{space}'", "holds a NaN or an infinity");
        if (entry.Metric == Metric.Cosine && !vector.ContainsAnyExcept(0f))
            throw Refuse($"vector '{space}'", "is all zeros, which has no direction to compare under cosine");
    }

    private static void CheckName(string field, string? value)
    {
        CheckText(field, value, Limits.MaxNameBytes);
        if (value is not null && value.Contains('\0')) throw Refuse(field, "holds a NUL character");
    }

    private static void CheckTags(MemoryDraft draft)
    {
        if (draft.Tags.Count > Limits.MaxTags) throw Refuse("tags", $"are {draft.Tags.Count}; {Limits.MaxTags} are allowed");
        foreach (var tag in draft.Tags) CheckToken("tag", tag);
        if (draft.Requires.Count > Limits.MaxRequires)
            throw Refuse("requires", $"has {draft.Requires.Count} entries; {Limits.MaxRequires} are allowed");
        foreach (var (name, value) in draft.Requires)
        {
            CheckToken("requires name", name);
            CheckToken("requires value", value);
        }
    }

    private static void CheckToken(string field, string? value)
    {
        if (string.IsNullOrEmpty(value)) throw Refuse(field, "is empty");
        CheckText(field, value, Limits.MaxTagBytes);
        if (value.Contains('\0')) throw Refuse(field, "holds a NUL character");
    }

    private static void CheckExtra(string? extra)
    {
        if (extra is null) return;
        CheckText("extra", extra, Limits.MaxExtraBytes);
        try
        {
            using var document = JsonDocument.Parse(extra);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Refuse("extra", "is not a JSON object");
        }
        catch (JsonException e)
        {
            throw Refuse("extra", $"is not JSON: {e.Message}");
        }
    }

    private static ArgumentException Refuse(string field, string what) => new($"The {field} {what}.");
}
