using System.Text;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as a file of JSON Lines. A line is a memory or an error that says so; a memory is written as a line that
/// reads as the same memory again; the file is read to its end whatever a line holds.
/// </summary>
internal sealed class JsonLinesTarget : FuzzTarget
{
    private const string Whole =
        """{"id":"01900000-0000-7000-8000-000000000001","format":"insight","level":3,"domain":"a/b","task":"t","title":"T" """ +
        """,  "key":"k","text":"x","model":"m","contributor":"c","expires_us":1760000000000000,"result":"pass" """ +
        """,  "requires":{"language":"go"},"tags":["a","b"],"source":"s","license":"MIT" """ +
        """,  "vectors":{"text":"AACAPwAAAEA="},"mine":{"a":[1,2]}}""";

    public override string Name => "jsonl";

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var reader = new JsonLinesReader(new MemoryStream(input.ToArray()));
        var seen = new HashSet<string>();
        while (reader.TryRead(out var line))
        {
            Require(line.Draft is null != line.Error is null, "a line is either a memory or an error");
            if (line.Draft is null)
            {
                seen.Add(line.Error!.Split('\'')[0]);
                continue;
            }
            seen.Add(line.Draft.Extra is null ? "a memory" : "a memory with fields of its own");
            // Half a surrogate pair has no UTF-8: the pool refuses it at its door.
            if (!IsUnicode(line.Draft)) continue;
            var written = Write(line.Draft);
            Require(JsonLines.TryParse(written.AsSpan().TrimEnd((byte)'\n'), out var again, out _), "what was written reads again");
            Require(written.AsSpan().SequenceEqual(Write(again!)), "a memory that is read again is written the same");
        }
        Outcome = string.Join("; ", seen.Order(StringComparer.Ordinal).Take(3));
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("empty", []);
        yield return ("whole", Bytes(Whole));
        yield return ("text-only", Bytes("""{"text":"x"}"""));
        yield return ("three-lines", Bytes($"{Whole}\n\n{{\"text\":\"y\"}}\r\n{{\"text\":\"z\"}}"));
        yield return ("bom", [0xEF, 0xBB, 0xBF, .. Bytes("""{"text":"x"}""")]);
        yield return ("cut", Bytes(Whole[..100]));
        yield return ("no-text", Bytes("""{"title":"T"}"""));
        yield return ("array", Bytes("[1,2]"));
        yield return ("bad-id", Bytes("""{"id":"nobody","text":"x"}"""));
        yield return ("bad-level", Bytes("""{"level":7,"text":"x"}"""));
        yield return ("level-text", Bytes("""{"level":"high","text":"x"}"""));
        yield return ("bad-vector", Bytes("""{"text":"x","vectors":{"v":"AAA"}}"""));
        yield return ("twice", Bytes("""{"text":"x","text":"y"}"""));
        yield return ("deep", Bytes("{\"text\":\"x\",\"mine\":" + new string('[', 100) + new string(']', 100) + "}"));
        yield return ("half-pair", Bytes("""{"text":"\ud800"}"""));
        yield return ("nulls", Bytes("""{"id":null,"title":null,"text":"x","tags":null,"requires":null,"result":null}"""));
        yield return ("not-utf8", [.. Bytes("{\"text\":\""), 0xFF, 0xFE, .. Bytes("\"}")]);
        yield return ("big-number", Bytes("""{"text":"x","expires_us":1e400}"""));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Write(MemoryDraft draft)
    {
        using var stream = new MemoryStream();
        using (var writer = new JsonLinesWriter(stream, leaveOpen: true)) writer.Write(draft);
        return stream.ToArray();
    }

    private static bool IsUnicode(MemoryDraft draft)
    {
        string?[] texts =
        [
            draft.Text, draft.Domain, draft.Task, draft.Title, draft.Key, draft.Model, draft.Contributor, draft.Source, draft.License,
            .. draft.Tags, .. draft.Requires.Keys, .. draft.Requires.Values, .. draft.Vectors.Keys,
        ];
        return texts.All(t => t is null || new UTF8Encoding(false, false).GetString(Bytes(t)) == t);
    }
}
