using System.Text;
using MemoryEngine.Agents.Imports;
using MemoryEngine.Agents.Imports.Cursor;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a file of another tool. The first says of which.</summary>
internal sealed class ImportsTarget : FuzzTarget
{
    private const string Markdown =
        "# A\n- b\n  - c\n\n1. d\n2. e\n\n```sh\n# f\n```\n<!-- g -->\nh\n===\n\nNever:\n- i\n";

    private const string Exported =
        "### T\n<!-- memengine:memory 0194401d-ae33-7f9f-962e-7d4a5da92bdc 3 insight a/b -->\nText.\n" +
        "<!-- /memengine:memory 0194401d-ae33-7f9f-962e-7d4a5da92bdc -->\n[memengine:recalled t]\nx\n[/memengine:recalled t]\ny\n";

    private const string Session =
        """
        {"type":"user","sessionId":"s","message":{"role":"user","content":"Task"}}
        {"type":"assistant","sessionId":"s","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"make"}}]}}
        {"type":"user","sessionId":"s","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}}
        """;

    public override string Name => "imports";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var bytes = input[1..].ToArray();
        using var stream = new MemoryStream(bytes, writable: false);
        var parsed = (input[0] % 5) switch
        {
            0 => GuidanceParser.Parse("AGENTS.md", Encoding.UTF8.GetString(bytes)),
            1 => CursorRulesParser.Parse("rule.mdc", Encoding.UTF8.GetString(bytes)),
            2 => McpMemoryParser.Parse("memory.jsonl", stream),
            3 => Mem0Parser.Parse("mem0.json", bytes),
            _ => TranscriptParser.ParseClaudeCode("s.jsonl", stream),
        };
        // In letters: digits do not tell outcomes apart.
        var faults = parsed.Failures.Select(f => string.Concat(f.Message.Where(char.IsLetter).Take(16))).Distinct().Order();
        Outcome = $"{new string('f', input[0] % 5)} {new string('i', Math.Min(parsed.Items.Count, 8))} {string.Join(' ', faults)}";
        var lines = bytes.AsSpan().Count((byte)'\n') + 1;
        Require(parsed.Items.All(i => i.Line >= 1 && i.Line <= lines), "items have lines of the file");
        Require(parsed.Failures.All(f => f.Line >= 1 && f.Line <= lines + 1), "failures have lines of the file");
        Require(parsed.Items.All(i => !string.IsNullOrWhiteSpace(i.Draft.Text)), "items have texts");
        Require(parsed.Items.All(i => ImportedRecord.Of(i, new ImportOptions()).Fingerprint.Length == 16), "items have fingerprints");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("empty", []);
        yield return ("markdown", Bytes(0, Markdown));
        yield return ("exported", Bytes(0, Exported));
        yield return ("unclosed", Bytes(0, Exported.Replace("/memengine", "", StringComparison.Ordinal)));
        yield return ("rule", Bytes(1, "---\ndescription: d\nglobs: **/*.{ts,tsx}\nalwaysApply: false\n---\n" + Markdown));
        yield return ("graph", Bytes(2, "{\"type\":\"entity\",\"name\":\"a\",\"entityType\":\"t\",\"observations\":[\"x\"]}\n"
            + "{\"type\":\"relation\",\"from\":\"a\",\"to\":\"b\",\"relationType\":\"r\"}\n"));
        yield return ("mem0", Bytes(3, "{\"results\":[\n{\"id\":\"1\",\"memory\":\"m\",\"categories\":[\"c\"]}],\"relations\":[1]}"));
        yield return ("mem0-lines", Bytes(3, "{\"memory\":\"m\"}\n{\"memory\":\"n\"}\n"));
        yield return ("half-pair", Bytes(3, "[{\"memory\":\"\\ud800\"}]"));
        yield return ("session", Bytes(4, Session));
    }

    private static byte[] Bytes(byte first, string text) => [first, .. Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))];
}
