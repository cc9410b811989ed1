using System.Text.Json;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports;
using MemoryEngine.Agents.Trajectories;

namespace MemoryEngine.Agents.Tests.Imports;

/// <summary>Sessions as Claude Code records them: what is kept of them, and what is not.</summary>
public sealed class ClaudeCodeTests
{
    private const string Id = "5f3c0a52-97b1-4f0e-9f10-2f0a8f3c1d11";

    [Fact]
    public async Task A_session_becomes_its_trajectory_and_the_commands_that_worked()
    {
        await using var pool = await ImportPool.OpenAsync();
        var report = await pool.ImportAsync($"{Id}.jsonl", Session(), new ImportOptions { Domain = "web/shop" });
        Assert.Equal((ImportFormat.ClaudeCode, 2L), (report.Format, report.Added));
        Assert.Empty(report.Failed);
        var all = await pool.ListAsync();
        Assert.Equal(
            """
            User: Fix the failing date test
            It fails at midnight.
            Agent: I run it first.
            $ npm test -- dates
              [failed]
              1 failed
            Edit: src/dates.js
            - return a - b
            + return Math.floor(a - b)
              ok
            $ npm test -- dates
              all passed
            Tool: Read {"file_path":"src/dates.js"}
              1  code
            Agent: Done.
            """.ReplaceLineEndings("\n"),
            all[0].Text);
        Assert.Equal(
            $"""
            {ProcedureExtract.Label}
            # changed src/dates.js
            $ npm test -- dates
            # 1 command that failed is left out.
            """.ReplaceLineEndings("\n"),
            all[1].Text);
        Assert.Equal((MemoryLevel.Trace, MemoryFormat.Trajectory), (all[0].Level, all[0].Format));
        Assert.Equal((MemoryLevel.Procedure, MemoryFormat.Workflow), (all[1].Level, all[1].Format));
        Assert.All(all, m => Assert.Equal(("Fix the failing date test", "some-model", "web/shop"), (m.Title, m.Model, m.Domain)));
        Assert.Equal(["claude-code", "extract"], all[1].Tags);
        Assert.Equal(all[0].Id.ToString(), JsonDocument.Parse(all[1].Extra!).RootElement.GetProperty("parents")[0].GetString());
        Assert.Equal(2, report.LeftOut.Values.Sum());
    }

    [Fact]
    public async Task A_session_that_went_on_is_revised_wherever_its_file_lies()
    {
        await using var pool = await ImportPool.OpenAsync();
        var first = await pool.ImportAsync("a.jsonl", Session());
        Assert.Equal((2, 0, 0, 2), GuidanceImportTests.Counts(await pool.ImportAsync("moved/b.jsonl", Session())));
        var longer = Session() + Event("user", new { role = "user", content = "Thanks. And now the docs." });
        var second = await pool.ImportAsync("moved/b.jsonl", longer);
        Assert.Equal((2, 0, 1, 1), GuidanceImportTests.Counts(second));
        Assert.Equal(first.Ids, second.Ids);
        Assert.Empty(second.Missing);
    }

    [Fact]
    public async Task Faults_cost_their_line_alone()
    {
        await using var pool = await ImportPool.OpenAsync();
        var text = "nonsense\n" + Event("user", "no message object") + Session() + "{\"type\":\"assistant\",\"sessionId\":\"" + Id + "\",\"mess";
        var report = await pool.ImportAsync("a.jsonl", text, new ImportOptions { Format = ImportFormat.ClaudeCode });
        var last = text.Split('\n').Length;
        Assert.Equal([1, 2, last], report.Failed.Select(f => (int)f.Line));
        Assert.Equal(2, report.Added);
    }

    [Fact]
    public async Task What_was_recalled_and_what_is_secret_is_left_out()
    {
        var key = "ghp_" + string.Concat(Enumerable.Range(0, 36).Select(i => (char)('a' + (i * 7 % 26))));
        var text = Event("user", new { role = "user", content = "Deploy it" })
            + Call("t1", "Bash", new { command = "memengine recall deploy --json" })
            + Result("t1", $"{{\"marker\":\"{RecalledText.Open("0193")}\",\"memories\":[{{\"text\":\"Old wisdom\"}}]}}", false)
            + Call("t2", "Bash", new { command = $"export TOKEN={key}\n./deploy.sh" })
            + Result("t2", $"deployed\nwith {key}\nfine", false);
        await using var pool = await ImportPool.OpenAsync();
        var report = await pool.ImportAsync("a.jsonl", text);
        Assert.Equal((2L, 1L), (report.Added, report.Recalled));
        foreach (var memory in await pool.ListAsync())
        {
            Assert.DoesNotContain("wisdom", memory.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(key, memory.Text, StringComparison.Ordinal);
            Assert.Contains("./deploy.sh", memory.Text, StringComparison.Ordinal);
            Assert.Null(TextLint.Of(memory.Text).Secret);
        }
    }

    [Fact]
    public void Long_runs_keep_their_beginning_and_end()
    {
        var output = new string('x', 5_000);
        var steps = Enumerable.Range(0, 500).Select(i => new TrajectoryStep(StepKind.Command, $"step {i}") { Output = output, Worked = true });
        var trajectory = new Trajectory { Steps = [.. steps] };
        var text = TrajectoryText.Of(trajectory, 20_000);
        Assert.InRange(text.Length, 15_000, 20_100);
        Assert.StartsWith("$ step 0\n", text, StringComparison.Ordinal);
        Assert.Contains("$ step 499\n", text, StringComparison.Ordinal);
        Assert.Contains("steps were left out here", text, StringComparison.Ordinal);
        var lines = ProcedureExtract.Of(trajectory)!.Split('\n');
        Assert.Equal(62, lines.Length);
        Assert.Equal(("$ step 19", "# 440 lines were left out here", "$ step 460", "$ step 499"), (lines[20], lines[21], lines[22], lines[^1]));
    }

    [Fact]
    public void Without_a_command_that_worked_there_is_no_procedure()
    {
        var failed = new TrajectoryStep(StepKind.Command, "make") { Worked = false };
        var unknown = new TrajectoryStep(StepKind.Command, "make");
        Assert.Null(ProcedureExtract.Of(new Trajectory { Steps = [failed, unknown] }));
    }

    internal static string Session() =>
        "{\"type\":\"summary\",\"summary\":\"Dates\",\"leafUuid\":\"x\"}\n"
        + Event("user", new { role = "user", content = "Fix the failing date test\nIt fails at midnight." })
        + Event("user", new { role = "user", content = "Caveat: the messages below" }, ("isMeta", true))
        + Said("I run it first.")
        + Call("t1", "Bash", new { command = "npm test -- dates" }) + Result("t1", "1 failed", true)
        + Event("assistant", new { role = "assistant", content = "a subagent" }, ("isSidechain", true))
        + Call("t2", "Edit", new { file_path = "src/dates.js", old_string = "return a - b", new_string = "return Math.floor(a - b)" })
        + Result("t2", "ok", false)
        + Call("t3", "Bash", new { command = "npm test -- dates" }) + Result("t3", "all passed", false)
        + Call("t4", "Read", new { file_path = "src/dates.js" }) + Result("t4", "1  code", false)
        + Said("Done.");

    private static string Said(string text) =>
        Event("assistant", new { role = "assistant", model = "some-model", content = new object[] { new { type = "text", text } } });

    private static string Call(string id, string name, object input) =>
        Event("assistant", new { role = "assistant", model = "some-model", content = new object[] { new { type = "tool_use", id, name, input } } });

    private static string Result(string id, string content, bool isError)
    {
        var parts = new object[] { new { type = "text", text = content } };
        var result = new { type = "tool_result", tool_use_id = id, content = parts, is_error = isError };
        return Event("user", new { role = "user", content = new object[] { result } });
    }

    private static string Event(string type, object message, params (string Name, bool Value)[] flags)
    {
        var item = new JsonObject
        {
            ["parentUuid"] = null,
            ["isSidechain"] = false,
            ["userType"] = "external",
            ["cwd"] = "/work",
            ["sessionId"] = Id,
            ["version"] = "2.0.0",
            ["type"] = type,
            ["message"] = JsonSerializer.SerializeToNode(message),
            ["uuid"] = Guid.NewGuid().ToString(),
            ["timestamp"] = "2026-01-01T00:00:00Z",
        };
        foreach (var (name, value) in flags) item[name] = value;
        return item.ToJsonString() + "\n";
    }
}
