using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

/// <summary>Files of other tools, through the command line.</summary>
public sealed class ImportFormsTests : IDisposable
{
    private const string Session =
        """
        {"type":"user","sessionId":"s-1","message":{"role":"user","content":"Make the build green"}}
        {"type":"assistant","sessionId":"s-1","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"make"}}]}}
        {"type":"user","sessionId":"s-1","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}}
        """;

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Files_of_several_forms_come_in_one_import_and_again_to_nothing()
    {
        string[] files =
        [
            _cli.Write("m.jsonl", """{"text":"One line."}"""), _cli.Write("AGENTS.md", "# Rules", "Never push to main."),
            _cli.Write("rule.mdc", "---", "globs: *.py", "---", "Prefer pathlib."), _cli.Write("session.jsonl", Session),
            _cli.Write("memory.jsonl", """{"type":"entity","name":"api","entityType":"service","observations":["It is slow."]}"""),
            _cli.Write("mem0.json", """[{"id":"1","memory":"Likes tabs."}]"""),
        ];
        var first = await _cli.JsonAsync(0, ["import", .. files]);
        Assert.Equal((7, 7, 0, 0), Counts(first));
        Assert.Equal((7, 0, 0, 7), Counts(await _cli.JsonAsync(0, ["import", .. files])));
        var stats = await _cli.JsonAsync(0, "stats");
        Assert.Equal(7, stats.GetProperty("memories").GetInt32());
    }

    [Fact]
    public async Task An_edit_a_move_and_a_loss_are_told()
    {
        var file = _cli.Write("AGENTS.md", "# One", "First.", "# Two", "Second.", "# Three", "Third.");
        await _cli.JsonAsync(0, "import", file, "--domain", "web", "--contributor", "me", "--level", "4");
        var list = (await _cli.JsonAsync(0, "list")).GetProperty("memories").EnumerateArray().ToList();
        Assert.All(list, m => Assert.Equal(("web", 4), (m.GetProperty("domain").GetString(), m.GetProperty("level").GetInt32())));
        _cli.Write("AGENTS.md", "# One", "First, now.", "# Zwei", "Second.");
        var again = await _cli.JsonAsync(0, "import", file, "--domain", "web", "--contributor", "me", "--level", "4");
        Assert.Equal((2, 0, 2, 0), Counts(again));
        Assert.Equal(1, again.GetProperty("moved").GetInt32());
        var missing = Assert.Single(again.GetProperty("missing").EnumerateArray());
        Assert.Equal(("Three", false), (missing.GetProperty("title").GetString(), missing.GetProperty("forgotten").GetBoolean()));
        var human = await _cli.RunAsync("import", file, "--forget-missing");
        Assert.Contains("\"Three\", forgotten", human.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt32());
    }

    [Fact]
    public async Task What_recall_answers_is_not_remembered_again()
    {
        await _cli.RememberAsync("Bound every queue.", "--domain", "a");
        var text = (await _cli.RunAsync("recall", "queue")).Out;
        var file = _cli.Write("CLAUDE.md", $"# Notes\n\n{text}\n\n# Own\nMine.");
        var result = await _cli.JsonAsync(0, "import", file);
        Assert.Equal((1, 1), (result.GetProperty("added").GetInt32(), result.GetProperty("recalled").GetInt32()));
        var json = (await _cli.RunAsync("recall", "queue", "--json")).Out;
        Assert.StartsWith("[memengine:recalled ", JsonDocument.Parse(json).RootElement.GetProperty("marker").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_for_people_imports_to_nothing()
    {
        await _cli.RememberAsync("Bound every queue.", "--domain", "a/b", "--title", "Queues");
        await _cli.RememberAsync("Elsewhere.", "--domain", "c");
        var file = Path.Combine(_cli.Root, "LESSONS.md");
        var exported = await _cli.JsonAsync(0, "export", file, "--to", "agents-md", "--domain", "a", "--limit", "5");
        Assert.Equal(1, exported.GetProperty("written").GetInt32());
        Assert.Contains("### Queues", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Equal((1, 0, 0, 1), Counts(await _cli.JsonAsync(0, "import", file)));
        Assert.Equal(1, (await _cli.JsonAsync(0, "export", Path.Combine(_cli.Root, "c.jsonl"), "--domain", "c")).GetProperty("written").GetInt32());
    }

    [Fact]
    public async Task A_bad_line_has_a_place_and_strict_takes_nothing_of_its_file()
    {
        var file = _cli.Write("memory.jsonl", """{"type":"entity","name":"api","entityType":"service","observations":["It is slow."]}""", "broken");
        var strict = await _cli.JsonAsync(2, "import", file, "--strict");
        Assert.Equal("bad_line", strict.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(0, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt32());
        var lax = await _cli.RunAsync("import", file);
        Assert.Equal(0, lax.ExitCode);
        Assert.Contains($"{file}:2: ", lax.Error, StringComparison.Ordinal);
        Assert.Contains("1 added", lax.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.md", "import", "{0}", "Say --from")]
    [InlineData("m.jsonl", "import", "{0} --domain a", "JSON Lines")]
    [InlineData("m.jsonl", "import", "{0} --from toml", "--from is one of")]
    [InlineData("m.jsonl", "export", "{0} --to yaml", "--to is jsonl or agents-md")]
    [InlineData("m.jsonl", "export", "{0} --limit 3", "--limit goes with")]
    public async Task What_cannot_be_is_refused(string name, string verb, string rest, string what)
    {
        var file = _cli.Write(name, """{"text":"x"}""");
        var error = await _cli.JsonAsync(2, [verb, .. rest.Split(' ').Select(p => p.Replace("{0}", file, StringComparison.Ordinal))]);
        Assert.Contains(what, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static (int Read, int Added, int Revised, int Unchanged) Counts(JsonElement result) => (
        result.GetProperty("read").GetInt32(), result.GetProperty("added").GetInt32(), result.GetProperty("revised").GetInt32(),
        result.GetProperty("unchanged").GetInt32());
}
