using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>A text with the name that the judgements call it by.</summary>
internal readonly record struct NamedText(string Id, string Text);

/// <summary>
/// Documents, queries, and which documents people judged to be relevant to which query. Documents and queries are JSON
/// Lines of <c>id</c> and <c>text</c>, plain or gzipped; the judgements are TREC qrels: query, a column that is not used,
/// document, relevance.
/// </summary>
internal sealed record JudgedCollection(
    IReadOnlyList<NamedText> Documents, IReadOnlyList<NamedText> Queries, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Relevant)
{
    /// <summary>Reads a collection; of the queries those that some document is relevant to.</summary>
    /// <exception cref="UsageException">A file is not what it should be; with file and line.</exception>
    public static JudgedCollection Read(string documents, string queries, string qrels)
    {
        var texts = ReadTexts(documents);
        var names = texts.Select(t => t.Id).ToHashSet();
        var relevant = ReadQrels(qrels);
        var judged = ReadTexts(queries).Where(q => relevant.ContainsKey(q.Id)).ToList();
        if (texts.Count == 0) throw new UsageException($"{documents} has no documents.");
        if (judged.Count == 0) throw new UsageException($"No query of {queries} has a relevant document in {qrels}.");
        return judged.Any(q => relevant[q.Id].Keys.Any(names.Contains))
            ? new JudgedCollection(texts, judged, relevant)
            : throw new UsageException($"{qrels} names no document of {documents}.");
    }

    private static List<NamedText> ReadTexts(string path)
    {
        var texts = new List<NamedText>();
        var ids = new HashSet<string>();
        foreach (var (number, line) in Lines(path))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var text = new NamedText(IdOf(json.RootElement.GetProperty("id")), json.RootElement.GetProperty("text").GetString()!);
                if (!ids.Add(text.Id)) throw new UsageException($"{path}:{number}: the id '{text.Id}' is there twice.");
                texts.Add(text);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new UsageException($"{path}:{number}: not an object with 'id' and 'text': {e.Message}");
            }
        }
        return texts;
    }

    private static string IdOf(JsonElement id) => id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString()!;

    private static Dictionary<string, IReadOnlyDictionary<string, int>> ReadQrels(string path)
    {
        var relevant = new Dictionary<string, Dictionary<string, int>>();
        foreach (var (number, line) in Lines(path))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 4 || !int.TryParse(fields[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var relevance))
                throw new UsageException($"{path}:{number}: not 'query 0 document relevance'.");
            if (relevance <= 0) continue;
            if (!relevant.TryGetValue(fields[0], out var documents)) relevant[fields[0]] = documents = [];
            documents[fields[2]] = relevance;
        }
        return relevant.ToDictionary(r => r.Key, r => (IReadOnlyDictionary<string, int>)r.Value);
    }

    private static IEnumerable<(int Number, string Line)> Lines(string path)
    {
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream stream = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        for (var number = 1; reader.ReadLine() is { } line; number++)
            if (!string.IsNullOrWhiteSpace(line)) yield return (number, line);
    }
}
