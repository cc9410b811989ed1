using System.Text.Json;
using MemoryEngine.Agents.Tests.Imports;
using MemoryEngine.Agents.Trajectories;

namespace MemoryEngine.Agents.Tests.Trajectories;

/// <summary>The same small run in every form that runtimes record: it reads as the same steps.</summary>
public sealed class TrajectoryFileTests : IDisposable
{
    private const string MiniOne =
        """
        {"info":{"exit_status":"Submitted","submission":"diff","config":{"model":{"model_name":"some-model"}}},
         "messages":[
          {"role":"system","content":"You can run commands."},
          {"role":"user","content":"Solve this.\n<pr_description>\nMake the build green\n</pr_description>\nRules follow."},
          {"role":"assistant","content":"THOUGHT: look first\n\n```bash\nmake\n```"},
          {"role":"user","content":"<returncode>2</returncode>\n<output>\nmissing ;\n</output>"},
          {"role":"assistant","content":"Fix it.\n```bash\nsed -i 's/x/x;/' a.c && make\n```"},
          {"role":"user","content":"<returncode>0</returncode>\n<output>\nok\n</output>"}],
         "trajectory_format":"mini-swe-agent-1"}
        """;

    private const string MiniTwo =
        """
        {"info":{"config":{"model":{"model_name":"some-model"}}},
         "messages":[
          {"role":"system","content":"You can run commands."},
          {"role":"user","content":"Make the build green"},
          {"role":"assistant","content":"THOUGHT: look first","tool_calls":[{}],"extra":{"actions":[{"command":"make","tool_call_id":"1"}]}},
          {"role":"tool","tool_call_id":"1","content":"wrapped","extra":{"raw_output":"missing ;","returncode":2}},
          {"role":"assistant","content":"Fix it.","extra":{"actions":[{"command":"sed -i 's/x/x;/' a.c && make","tool_call_id":"2"}]}},
          {"role":"tool","tool_call_id":"2","content":"wrapped","extra":{"raw_output":"ok","returncode":0}},
          {"role":"exit","content":"","extra":{"exit_status":"Submitted"}}],
         "trajectory_format":"mini-swe-agent-1.1"}
        """;

    private const string OpenHandsOld =
        """
        [{"id":0,"source":"agent","action":"system","args":{"content":"You can run commands."}},
         {"id":1,"source":"user","action":"message","args":{"content":"Make the build green"}},
         {"id":2,"source":"agent","action":"run","args":{"command":"make","thought":"THOUGHT: look first"}},
         {"id":3,"source":"agent","observation":"run","content":"missing ;","cause":2,"extras":{"metadata":{"exit_code":2}}},
         {"id":4,"source":"agent","action":"run","args":{"command":"sed -i 's/x/x;/' a.c && make","thought":"Fix it."}},
         {"id":5,"source":"agent","observation":"run","content":"ok","cause":4,"extras":{"exit_code":0}},
         {"id":6,"source":"agent","observation":"agent_state_changed","content":""}]
        """;

    private const string OpenHandsNew =
        """
        {"kind":"SystemPromptEvent","source":"agent"}
        {"kind":"MessageEvent","source":"user","llm_message":{"role":"user","content":[{"type":"text","text":"Make the build green"}]}}
        {"kind":"ActionEvent","tool_name":"terminal","tool_call_id":"a","thought":[{"text":"THOUGHT: look first"}],"action":{"command":"make"}}
        {"kind":"ObservationEvent","tool_call_id":"a","observation":{"content":[{"type":"text","text":"missing ;"}],"exit_code":2}}
        {"kind":"ActionEvent","tool_name":"terminal","tool_call_id":"b","action":{"command":"sed -i 's/x/x;/' a.c && make"},"thought":["Fix it."]}
        {"kind":"ObservationEvent","tool_call_id":"b","observation":{"content":[{"type":"text","text":"ok"}],"metadata":{"exit_code":0}}}
        """;

    private const string Plain =
        """
        User: Make the build green
        Agent: THOUGHT: look first
        $ make
          [exit code 2]
          missing ;
        Assistant: Fix it.
        $ sed -i 's/x/x;/' a.c && make
          ok
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("memengine-runs-");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(MiniOne, TrajectoryFormat.MiniSweAgent)]
    [InlineData(MiniTwo, TrajectoryFormat.MiniSweAgent)]
    [InlineData(OpenHandsOld, TrajectoryFormat.OpenHands)]
    [InlineData(OpenHandsNew, TrajectoryFormat.OpenHands)]
    [InlineData(Plain, TrajectoryFormat.Plain)]
    public void A_run_reads_the_same_whoever_recorded_it(string text, TrajectoryFormat format)
    {
        var file = Read(text);
        Assert.Empty(file.Failed);
        Assert.Equal(format, file.Format);
        var run = Assert.Single(file.Trajectories);
        Assert.Equal("Make the build green", run.Task);
        Assert.Equal(TaskResult.Unknown, run.Result);
        Assert.Equal(
            "User: Make the build green\nAgent: THOUGHT: look first\n$ make\n  [exit code 2]\n  missing ;\nAgent: Fix it.\n" +
            "$ sed -i 's/x/x;/' a.c && make\n  ok",
            TrajectoryText.Of(run));
        Assert.Equal($"{ProcedureExtract.Label}\n$ sed -i 's/x/x;/' a.c && make\n# 1 command that failed is left out.", ProcedureExtract.Of(run));
        if (format == TrajectoryFormat.MiniSweAgent) Assert.Equal("some-model", run.Model);
        // What was written reads as what it was.
        Assert.Equal(TrajectoryText.Of(run), TrajectoryText.Of(Assert.Single(Read(TrajectoryText.Of(run)).Trajectories)));
    }

    [Fact]
    public void A_session_of_claude_code_is_one_too()
    {
        var file = Read(ClaudeCodeTests.Session());
        Assert.Equal(TrajectoryFormat.ClaudeCode, file.Format);
        Assert.Equal("some-model", Assert.Single(file.Trajectories).Model);
    }

    [Fact]
    public void Evaluations_hold_a_run_a_line_and_say_how_it_ended()
    {
        var history = JsonDocument.Parse(OpenHandsOld).RootElement.GetRawText().ReplaceLineEndings("");
        var pairs = """[[{"id":1,"action":"run","args":{"command":"ls"}},{"observation":"run","cause":1,"content":"a","extras":{"exit_code":0}}]]""";
        var file = Read(
            $$$"""{"instance_id":"a","instruction":"Do it","metadata":{"llm_config":{"model":"m"}}, """ +
            $$$""" "history":{{{history}}},"report":{"resolved":false}}""" + "\n" +
            $$$"""{"instance_id":"b","history":{{{pairs}}},"resolved":true}""" + "\n");
        Assert.Equal([TaskResult.Fail, TaskResult.Pass], file.Trajectories.Select(t => t.Result));
        Assert.Equal(("Do it", "m"), (file.Trajectories[0].Task, file.Trajectories[0].Model));
        Assert.Equal("$ ls\n  a", TrajectoryText.Of(file.Trajectories[1]));
        Assert.Single(Read($$$"""{"history":{{{pairs}}}}""").Trajectories);
    }

    [Fact]
    public void A_terminal_alone_does_not_say_what_worked()
    {
        var run = Assert.Single(Read("$ make\nall done\n$ ./a.out\nhello").Trajectories);
        Assert.Equal([StepKind.Command, StepKind.Command], run.Steps.Select(s => s.Kind));
        Assert.All(run.Steps, s => Assert.Null(s.Worked));
        Assert.Null(ProcedureExtract.Of(run));
        Assert.Equal(StepKind.Thought, Assert.Single(Assert.Single(Read("Just some notes.\nMore.").Trajectories).Steps).Kind);
    }

    [Theory]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},7,{\"content\":\"y\"}]}", null, 2, 1)]
    [InlineData("{\"messages\":[{\"role\":\"user\",", TrajectoryFormat.MiniSweAgent, 1, 0)]
    [InlineData("{\"messages\":[]}", TrajectoryFormat.MiniSweAgent, 1, 0)]
    [InlineData("[{\"action\":\"run\",\"args\":{\"command\":\"ls\"}},", TrajectoryFormat.OpenHands, 1, 0)]
    [InlineData("{\"kind\":\"MessageEvent\",\"source\":\"user\",\"llm_message\":{\"content\":\"hi\"}}\nbroken\n[1]", null, 2, 1)]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", null, 1, 0)]
    [InlineData("", null, 0, 0)]
    public void Faults_are_told_and_the_rest_is_read(string text, TrajectoryFormat? format, int faults, int runs)
    {
        var file = Read(text, format);
        Assert.Equal((faults, runs), (file.Failed.Count, file.Trajectories.Count));
    }

    [Fact]
    public void What_nobody_knows_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Read("{\"some\":\"thing\"}"));
        Assert.Contains("mini-swe-agent", error.Message, StringComparison.Ordinal);
    }

    private TrajectoryFile Read(string text, TrajectoryFormat? format = null)
    {
        var path = Path.Combine(_root.FullName, Guid.NewGuid().ToString());
        File.WriteAllText(path, text);
        return TrajectoryFile.Read(path, format);
    }
}
