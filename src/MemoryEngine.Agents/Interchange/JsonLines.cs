using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace MemoryEngine.Agents.Interchange;

/// <summary>
/// The JSON Lines form of memories, one JSON object a line: <c>id</c>, <c>format</c>, <c>level</c>, <c>domain</c>,
/// <c>task</c>, <c>title</c>, <c>key</c>, <c>text</c> (the only one needed), <c>model</c>, <c>contributor</c>,
/// <c>expires_us</c>, <c>result</c>, <c>requires</c>, <c>tags</c>, <c>source</c>, <c>license</c>, <c>vectors</c> (space to
/// base64 of little-endian float32). Other fields are kept in <see cref="MemoryDraft.Extra"/> and written again.
/// </summary>
public static class JsonLines
{
    /// <summary>Reads one line.</summary>
    /// <param name="line">UTF-8 without the line break.</param>
    /// <param name="draft">The memory. Lengths are not checked here; the pool checks them.</param>
    /// <param name="error">What is wrong with the line and which field has it, as a sentence.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> line, [NotNullWhen(true)] out MemoryDraft? draft, [NotNullWhen(false)] out string? error)
    {
        (draft, error) = (null, null);
        try
        {
            draft = new DraftParser(line).Parse();
            return true;
        }
        catch (LineProblem e)
        {
            error = e.Message;
        }
        catch (JsonException e)
        {
            var what = e.Message.Split(" LineNumber:")[0];
            error = $"The line is not JSON at byte {e.BytePositionInLine}: {what}";
        }
        return false;
    }

    /// <summary>
    /// The id of a memory that has none, made of its content: a UUID of version 8 with the first bits of the SHA-256 of
    /// its line without id, tags in ordinal order. The same content has the same id wherever it is read, so that
    /// importing it twice adds nothing.
    /// </summary>
    public static Guid ContentId(MemoryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var tags = draft.Tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        using var content = new MemoryStream();
        using (var writer = new JsonLinesWriter(content, leaveOpen: true)) writer.Write(draft with { Id = null, Tags = [.. tags] });
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length), hash);
        return StableId.FromHash(hash);
    }

    /// <summary>A version's content as a draft of the same id.</summary>
    public static MemoryDraft ToDraft(MemoryVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new MemoryDraft
        {
            Id = version.Id,
            Text = version.Text,
            Level = version.Level,
            Format = version.Format,
            Domain = version.Domain,
            Task = version.Task,
            Title = version.Title,
            Key = version.Key,
            Model = version.Model,
            Contributor = version.Contributor,
            Source = version.Source,
            License = version.License,
            Result = version.Result,
            ExpiresAt = version.ExpiresAt,
            Requires = version.Requires,
            Tags = version.Tags,
            Vectors = version.Vectors,
            Extra = version.Extra,
        };
    }

    /// <summary>Writes a memory's fields into a JSON object that the caller has begun, in the order of the form.</summary>
    /// <param name="json">The object.</param>
    /// <param name="draft">The memory.</param>
    /// <param name="taken">Names that the caller writes itself: fields that the engine does not know are left out under them.</param>
    public static void WriteFields(Utf8JsonWriter json, MemoryDraft draft, params ReadOnlySpan<string> taken)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(draft);
        DraftWriter.Write(json, draft, taken);
    }
}
