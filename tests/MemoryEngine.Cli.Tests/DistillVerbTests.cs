using System.Text.Json;
using MemoryEngine.Testing.Http;

namespace MemoryEngine.Cli.Tests;

/// <summary>A recorded run made into memories, as a user of the tool asks for it: with a model over HTTP, and without one.</summary>
public sealed class DistillVerbTests : IDisposable
{
    private const string Key = "sk-test-0123456789";

    private const string Run =
        """
        {"messages":[{"role":"user","content":"Make the build green"},
          {"role":"assistant","content":"Try.","extra":{"actions":[{"command":"make"}]}},
          {"role":"tool","content":"","extra":{"raw_output":"ok","returncode":0}}]}
        """;

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_model_makes_three_memories_of_a_run()
    {
        using var endpoint = new HttpEndpoint((asked, _) => Answer(asked));
        _cli.Variables["SOME_KEY"] = Key;
        var file = _cli.Write("run.traj.json", Run);
        string[] args =
        [
            "distill", file, "--domain", "c/build", "--result", "pass", "--model", "m", "--endpoint", endpoint.Address.ToString(),
            "--key-env", "SOME_KEY", "--contributor", "me", "--requires", "tool=make",
        ];
        var run = Assert.Single((await _cli.JsonAsync(0, args)).GetProperty("runs").EnumerateArray());
        Assert.Equal("served", run.GetProperty("model").GetString());
        Assert.Equal(
            ["trajectory", "workflow", "summary", "insight"],
            run.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("format").GetString()));
        Assert.Equal(0, run.GetProperty("refused").GetArrayLength() + run.GetProperty("duplicates").GetArrayLength());
        Assert.All(endpoint.Asked, a => Assert.Equal($"Bearer {Key}", a.Headers["Authorization"]));

        var insight = await _cli.JsonAsync(0, "get", run.GetProperty("memories")[3].GetProperty("id").GetString()!);
        Assert.Equal(("c/build", "me", "pass"), (Text(insight, "domain"), Text(insight, "contributor"), Text(insight, "result")));
        Assert.Equal(run.GetProperty("trajectory").GetString(), insight.GetProperty("parents")[0].GetString());
        var again = await _cli.RunAsync(args);
        Assert.Contains("Distilled by served:", again.Out, StringComparison.Ordinal);
        Assert.Contains("insight, level", again.Out, StringComparison.Ordinal);
        Assert.Contains("unchanged", again.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, again.Out + again.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt32());
    }

    [Fact]
    public async Task Without_a_model_the_run_is_kept_and_its_commands_are_labelled()
    {
        var result = await _cli.JsonAsync(0, "distill", _cli.Write("run.traj.json", Run), "--task", "Greening", "--domain", "c");
        var run = result.GetProperty("runs")[0];
        Assert.Equal(JsonValueKind.Null, run.GetProperty("model").ValueKind);
        Assert.Contains("without a model", run.GetProperty("memories")[1].GetProperty("note").GetString(), StringComparison.Ordinal);
        var found = await _cli.JsonAsync(0, "recall", "Greening", "--domain", "c");
        Assert.Equal(2, found.GetProperty("memories").GetArrayLength());
    }

    [Fact]
    public async Task A_model_that_only_talks_is_refused_by_name_and_one_that_is_down_stores_nothing()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, Chat("Certainly! Here is what I learned.")));
        var file = _cli.Write("run.traj.json", Run);
        string[] args = ["distill", file, "--model", "m", "--endpoint", endpoint.Address.ToString()];
        var run = (await _cli.JsonAsync(0, args)).GetProperty("runs")[0];
        Assert.Equal(3, run.GetProperty("refused").GetArrayLength());
        Assert.Contains("nothing may stand before", run.GetProperty("refused")[0].GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, endpoint.Asked.Count);

        using var down = new HttpEndpoint((_, _) => HttpReply.Of(401, $"no such key: {Key}"));
        _cli.Variables["MEMENGINE_CHAT_MODEL"] = "m";
        _cli.Variables["MEMENGINE_CHAT_ENDPOINT"] = $"ollama:{down.Address}";
        _cli.Variables["MEMENGINE_CHAT_KEY_ENV"] = "SOME_KEY";
        _cli.Variables["SOME_KEY"] = Key;
        var error = await _cli.JsonAsync(5, "distill", file, "--pool", Path.Combine(_cli.Root, "other"));
        Assert.Equal("model", error.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain(Key[..6], error.ToString(), StringComparison.Ordinal);
        var stats = await _cli.JsonAsync(0, "stats", "--pool", Path.Combine(_cli.Root, "other"));
        Assert.Equal(0, stats.GetProperty("memories").GetInt32());
    }

    [Theory]
    [InlineData("{0} --model m", "Where is the model")]
    [InlineData("{0} --endpoint http://x", "Which model")]
    [InlineData("{0} --model m --endpoint ftp://x", "it can be")]
    [InlineData("{0} --model m --endpoint http://me:secret@x", "user name or a key")]
    [InlineData("{0} --result maybe", "pass or fail")]
    [InlineData("{0} --from swe", "--from is one of")]
    [InlineData("{0} --format trajectory", "workflow, summary or insight")]
    [InlineData("{1} --from mini-swe-agent", "holds no run")]
    [InlineData("{1}", "cannot be told")]
    [InlineData("none.json", "There is no file")]
    public async Task What_cannot_be_is_refused(string rest, string what)
    {
        var args = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, rest, _cli.Write("run.json", Run), _cli.Write("empty.json", """{"messages":[]}"""));
        var error = await _cli.JsonAsync(2, ["distill", .. args.Split(' ')]);
        Assert.Contains(what, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.Pool));
    }

    private static HttpReply Answer(HttpAsked asked)
    {
        var body = asked.Body;
        var answer = """{"title":"Build first","description":"When a build is said to fail.","content":"Build before changing anything."}""";
        if (body.Contains("\\\"steps\\\"", StringComparison.Ordinal)) answer = """{"goal":"Get a build to pass","steps":["build","fix","build"]}""";
        if (body.Contains("\\\"experience\\\"", StringComparison.Ordinal))
            answer = """{"task":"A build was to pass.","experience":"It was built once and did."}""";
        return HttpReply.Of(200, Chat(answer));
    }

    private static string Chat(string content)
    {
        var choice = new { index = 0, message = new { role = "assistant", content }, finish_reason = "stop" };
        return JsonSerializer.Serialize(new { model = "served", choices = new[] { choice } });
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
