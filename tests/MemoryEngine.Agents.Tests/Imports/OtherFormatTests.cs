using System.Text.Json;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Tests.Imports;

/// <summary>Cursor rules, MCP's memory server and mem0: good files, files with faults, and files imported again.</summary>
public sealed class OtherFormatTests
{
    private const string Graph =
        """
        {"type":"entity","name":"billing-service","entityType":"service","observations":["Runs on port 8443","Owned by payments"]}
        {"type":"entity","name":"payments","entityType":"team","observations":[]}
        {"type":"relation","from":"billing-service","to":"payments","relationType":"is_owned_by"}
        """;

    [Fact]
    public async Task A_cursor_rule_says_what_it_is_for()
    {
        const string Rule =
            """
            ---
            description: How React components are written here
            globs: **/*.{ts,tsx}, src/**/*.jsx
            alwaysApply: false
            ---

            # Components
            Keep state next to where it is used.
            """;
        await using var pool = await ImportPool.OpenAsync();
        var report = await pool.ImportAsync(".cursor/rules/react.mdc", Rule, new ImportOptions { Domain = "web" });
        Assert.Equal((ImportFormat.CursorRules, 1L), (report.Format, report.Added));
        var memory = Assert.Single(await pool.ListAsync());
        Assert.Equal(("Components", "How React components are written here\nComponents"), (memory.Title, memory.Key));
        Assert.Equal("javascript,typescript", memory.Requires["language"]);
        var imported = JsonDocument.Parse(memory.Extra!).RootElement.GetProperty("imported");
        Assert.Equal(["**/*.{ts,tsx}", "src/**/*.jsx"], imported.GetProperty("globs").EnumerateArray().Select(g => g.GetString()));
        Assert.False(imported.GetProperty("always_apply").GetBoolean());
        // Another description is another key, so a revision; the text's line is where it was.
        var again = await pool.ImportAsync(".cursor/rules/react.mdc", Rule.Replace("are written", "look", StringComparison.Ordinal));
        Assert.Equal((1, 0, 1, 0), GuidanceImportTests.Counts(again));
    }

    [Theory]
    [InlineData("globs: \"*.py\"", "python")]
    [InlineData("globs: [\"src/**/*.go\", '*.go']", "go")]
    [InlineData("globs:\n  - \"**/*.rs\"", "rust")]
    [InlineData("globs:\n- **/*.cs\nalwaysApply: true", null)]
    [InlineData("globs: **/*.py, Makefile", null)]
    [InlineData("globs:", null)]
    [InlineData("description: x", null)]
    public void Globs_ask_for_a_language_where_they_leave_no_doubt(string front, string? language)
    {
        var parsed = Agents.Imports.Cursor.CursorRulesParser.Parse("a.mdc", $"---\n{front}\n---\nText.");
        Assert.Empty(parsed.Failures);
        var requires = Assert.Single(parsed.Items).Draft.Requires;
        Assert.Equal(language, requires.GetValueOrDefault("language"));
    }

    [Theory]
    [InlineData("---\ndescription: never ends\n\nText.", 1, "has no end")]
    [InlineData("---\nnonsense\n---\nText.", 2, "no 'name: value'")]
    [InlineData("---\ndescription: a\nalwaysApply: perhaps\n---\nText.", 3, "true or false")]
    public void Faults_of_the_front_matter_are_told_and_the_rule_is_read(string text, long line, string what)
    {
        var parsed = Agents.Imports.Cursor.CursorRulesParser.Parse("a.mdc", text);
        Assert.Contains(what, Assert.Single(parsed.Failures).Message, StringComparison.Ordinal);
        Assert.Equal(line, parsed.Failures[0].Line);
        Assert.Contains("Text.", Assert.Single(parsed.Items).Draft.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entity_is_a_memory_with_its_relations()
    {
        await using var pool = await ImportPool.OpenAsync();
        var report = await pool.ImportAsync("memory.jsonl", Graph);
        Assert.Equal((ImportFormat.McpMemory, 1L), (report.Format, report.Added));
        var memory = Assert.Single(await pool.ListAsync());
        Assert.Equal("billing-service (service)", memory.Title);
        Assert.Equal("- Runs on port 8443\n- Owned by payments\n- billing-service is_owned_by payments", memory.Text);
        Assert.Equal((MemoryLevel.Procedure, MemoryFormat.Summary), (memory.Level, memory.Format));
        var again = await pool.ImportAsync("memory.jsonl", Graph.Replace("8443", "9443", StringComparison.Ordinal));
        Assert.Equal((1, 0, 1, 0), GuidanceImportTests.Counts(again));
        Assert.Equal(memory.Id, Assert.Single(await pool.ListAsync()).Id);
    }

    [Fact]
    public async Task Bad_lines_of_a_graph_are_told_and_the_rest_comes()
    {
        await using var pool = await ImportPool.OpenAsync();
        string[] lines =
        [
            """{"type":"entity","name":"good","entityType":"x","observations":["One.", 7]}""", "{broken", "[1]", """{"type":"thing"}""", "{}",
            """{"type":"entity","entityType":"x","observations":[]}""", """{"type":"entity","name":"no list","entityType":"x"}""",
            """{"type":"relation","from":"good","relationType":"x"}""", """{"type":"entity","name":"\ud800","entityType":"x","observations":["y"]}""",
        ];
        var report = await pool.ImportAsync("memory.jsonl", string.Join('\n', lines));
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8, 9], report.Failed.Select(f => f.Line));
        Assert.All(report.Failed, f => Assert.EndsWith("memory.jsonl", f.File, StringComparison.Ordinal));
        Assert.Equal("- One.", Assert.Single(await pool.ListAsync()).Text);
    }

    [Theory]
    [InlineData("""{"results":[{0},{1}],"relations":[{"source":"a"}]}""")]
    [InlineData("""[{0},{1}]""")]
    [InlineData("{0}\n{1}")]
    public async Task Memories_of_mem0_keep_their_identity(string form)
    {
        const string One = """{"id":"892db2ae-06d9-49e5-8b3e-585ef9b85b8e","memory":"Likes pnpm.","categories":["tools"],"metadata":{"a":1}}""";
        const string Two = """{"id":"m2","memory":"Dislikes mocks in tests.","agent_id":"helper","created_at":"2026-01-01T00:00:00Z"}""";
        var text = form.Replace("{0}", One, StringComparison.Ordinal).Replace("{1}", Two, StringComparison.Ordinal);
        await using var pool = await ImportPool.OpenAsync();
        var report = await pool.ImportAsync("export.json", text);
        Assert.Equal((ImportFormat.Mem0, 2L), (report.Format, report.Added));
        var all = await pool.ListAsync();
        Assert.Equal(["mem0", "tools"], all[0].Tags);
        Assert.Equal((null, "helper"), (all[0].Contributor, all[1].Contributor));
        Assert.Equal(1, JsonDocument.Parse(all[0].Extra!).RootElement.GetProperty("imported").GetProperty("metadata").GetProperty("a").GetInt32());
        // Known by its id, though the file is another.
        var moved = await pool.ImportAsync("elsewhere/again.json", text.Replace("pnpm", "yarn", StringComparison.Ordinal));
        Assert.Equal((2, 0, 1, 1), GuidanceImportTests.Counts(moved));
    }

    [Theory]
    [InlineData("[\n{\"memory\":\"a b\"},\n{\"memory\":\"\"},\n{\"id\":\"x\"},\n7,\n{\"memory\":\"\\ud800\"}]", "3 4 5 6", 1)]
    [InlineData("{\"results\":[\n{\"memory\":\"a b\"},\n{\"memory\":\"c d\"\n", "4", 1)]
    [InlineData("{\"other\":[]}", "1", 0)]
    [InlineData("", "1", 0)]
    [InlineData("\"text\"", "1", 0)]
    public void Faults_of_a_mem0_file_have_lines(string text, string lines, int good)
    {
        var parsed = Mem0Parser.Parse("m.json", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(lines, string.Join(' ', parsed.Failures.Select(f => f.Line)));
        Assert.Equal(good, parsed.Items.Count);
    }

    [Theory]
    [InlineData("AGENTS.md", "x", ImportFormat.AgentsMd)]
    [InlineData("claude.MD", "x", ImportFormat.AgentsMd)]
    [InlineData("README.md", "x", null)]
    [InlineData("rule.mdc", "x", ImportFormat.CursorRules)]
    [InlineData(".cursorrules", "x", ImportFormat.CursorRules)]
    [InlineData("a.jsonl", "{\"text\":\"x\"}", ImportFormat.JsonLines)]
    [InlineData("a.jsonl", "rubbish\n{\"text\":\"x\"}", ImportFormat.JsonLines)]
    [InlineData("a.jsonl", "", ImportFormat.JsonLines)]
    [InlineData("a.jsonl", Graph, ImportFormat.McpMemory)]
    [InlineData("a.jsonl", "{\"type\":\"summary\",\"summary\":\"s\",\"leafUuid\":\"u\"}", ImportFormat.ClaudeCode)]
    [InlineData("a.jsonl", "{\"type\":\"user\",\"sessionId\":\"s\",\"message\":{}}", ImportFormat.ClaudeCode)]
    [InlineData("a.json", "{\n \"results\": [\n {\"id\":\"1\",\"memory\":\"m\"}]}", ImportFormat.Mem0)]
    [InlineData("a.json", "{\"what\":\"ever\"}", null)]
    [InlineData("a.json", "{\n \"results\": [", null)]
    [InlineData("a.txt", "some words", null)]
    public async Task A_form_is_told_only_where_there_is_no_doubt(string name, string text, ImportFormat? format)
    {
        await using var pool = await ImportPool.OpenAsync();
        Assert.Equal(format, ImportFormats.Detect(pool.Write(name, text)));
    }

    [Fact]
    public async Task A_file_that_is_no_text_is_a_failure_of_its_own()
    {
        await using var pool = await ImportPool.OpenAsync();
        var path = pool.Write("AGENTS.md", "");
        File.WriteAllBytes(path, [0x23, 0x20, 0xff, 0xfe]);
        var report = await new FileImporter(pool.Store).ImportAsync(path);
        Assert.Contains("UTF-8", Assert.Single(report.Failed).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [0x1f, 0x8b, 1, 2, 3]);
        Assert.Single((await new FileImporter(pool.Store).ImportAsync(path)).Failed);
    }

    [DataFact]
    [Trait("Category", "Data")]
    public async Task Thousands_of_real_rules_come_in_and_again_to_nothing()
    {
        await using var pool = await ImportPool.OpenAsync();
        var files = MarkdownReaderTests.RealRules().Chunk(60)
            .Select((rules, i) => pool.Write($"rules/{i}.mdc", $"---\ndescription: Rules {i}\n---\n{string.Join("\n\n", rules)}")).ToList();
        var first = await new FileImporter(pool.Store).ImportManyAsync(files);
        Assert.True(first.Sum(r => r.Added) > 5_000, $"{first.Sum(r => r.Added)} added of {first.Sum(r => r.Read)}");
        Assert.Empty(first.SelectMany(r => r.Failed));
        var sequence = pool.Store.Stats().Sequence;
        var again = await new FileImporter(pool.Store).ImportManyAsync(files);
        Assert.Equal(again.Sum(r => r.Read), again.Sum(r => r.Unchanged));
        Assert.Empty(again.SelectMany(r => r.Missing));
        Assert.Equal(sequence, pool.Store.Stats().Sequence);
    }
}
