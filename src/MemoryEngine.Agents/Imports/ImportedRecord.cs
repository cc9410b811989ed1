using System.Text.Json;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// What a memory remembers of its import, in the field <c>imported</c> of those that the engine keeps without knowing them: the place
/// in the file, and fingerprints of what stood there, by which a change in the file is told from a change in the pool.
/// </summary>
internal sealed record ImportedRecord(string Place, string TextFingerprint, string Fingerprint)
{
    public const string Field = "imported";

    /// <summary>What a memory remembers; null when it was not imported.</summary>
    public static ImportedRecord? Of(MemoryVersion memory)
    {
        if (memory.Extra is not { } extra || !extra.Contains(Field, StringComparison.Ordinal)) return null;
        using var document = JsonDocument.Parse(extra);
        var record = document.RootElement.Object(Field);
        return record.Text("place") is { } place && record.Text("text") is { } text && record.Text("all") is { } all
            ? new ImportedRecord(place, text, all)
            : null;
    }

    /// <summary>What an item will be known by.</summary>
    public static ImportedRecord Of(ImportItem item, ImportOptions options)
    {
        var draft = item.Draft;
        using var line = new MemoryStream();
        using (var writer = new JsonLinesWriter(line, leaveOpen: true))
            writer.Write(draft with { Id = null, Domain = options.Domain ?? draft.Domain, Contributor = options.Contributor ?? draft.Contributor });
        var content = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(line.GetBuffer().AsSpan(0, (int)line.Length)));
        var all = StableId.Fingerprint($"{content} {(int?)options.Level} {item.Place} {item.Details?.ToJsonString()}");
        return new ImportedRecord(item.Place, StableId.Fingerprint(draft.Text), all);
    }

    /// <summary>The fields kept beside a memory, with this in them.</summary>
    /// <param name="extra">Those it has; null for none.</param>
    /// <param name="item">What it is imported from, with what its form says beyond.</param>
    /// <param name="format">The form.</param>
    public string In(string? extra, ImportItem item, ImportFormat format)
    {
        var all = extra is null ? [] : JsonNode.Parse(extra)!.AsObject();
        var record = new JsonObject
        {
            ["from"] = ImportFormats.Of(format),
            ["place"] = Place,
            ["text"] = TextFingerprint,
            ["all"] = Fingerprint,
        };
        foreach (var (name, value) in item.Details ?? []) record[name] = value?.DeepClone();
        all[Field] = record;
        return all.ToJsonString();
    }
}
