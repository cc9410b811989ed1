using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Tests;

/// <summary>A directory of its own for a test, and the tool run in it, in this process.</summary>
public sealed class CliRun : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("memengine-test-").FullName;

    public string Pool => Path.Combine(Root, "pool");

    /// <summary>The environment of the runs.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Write(string name, params string[] lines)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    public string WriteVector(string name, params float[] vector)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllBytes(path, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(vector).ToArray());
        return path;
    }

    internal Task<CliAnswer> RunAsync(params string[] args) => RunAsync("", args);

    internal async Task<CliAnswer> RunAsync(string input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = args.Contains("--pool") ? args : [.. args, "--pool", Pool];
        var exitCode = await Program.RunAsync(all, new Terminal(new StringReader(input), output, error) { Variable = Variables.GetValueOrDefault });
        Assert.DoesNotContain('\e', output.ToString());
        Assert.DoesNotContain('\e', error.ToString());
        return new CliAnswer(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs with <c>--json</c> and expects that exit code and exactly one document.</summary>
    internal async Task<JsonElement> JsonAsync(int exitCode, params string[] args)
    {
        var answer = await RunAsync([.. args, "--json"]);
        Assert.True(answer.ExitCode == exitCode, $"{answer.ExitCode}: {answer.Out}{answer.Error}");
        return answer.Json;
    }

    internal async Task<string> RememberAsync(params string[] args)
    {
        var answer = await RunAsync(["remember", .. args]);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer.Out.Trim();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

/// <summary>What a run said.</summary>
internal sealed record CliAnswer(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;
}
