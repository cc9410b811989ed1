using System.Diagnostics;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Tests;

/// <summary>The tool as a whole: as a process, on a terminal, and measuring.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_process_remembers_for_the_next_one()
    {
        var (exitCode, output, error) = await ProcessAsync("remember", "Bound every queue.");
        Assert.True(exitCode == 0 && error.Length == 0, error);
        Assert.True(Guid.TryParse(output.Trim(), out _));
        (exitCode, output, _) = await ProcessAsync("recall", "queue", "--json");
        Assert.Equal(0, exitCode);
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("memories").GetArrayLength());
        (exitCode, output, error) = await ProcessAsync("get", "seven");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("UUID", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_verb()
    {
        var help = await _cli.RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        string[] verbs =
        [
            "quickstart", "remember", "revise", "forget", "restore", "import", "export", "recall", "verify", "get", "history", "list", "stats",
            "check", "bench",
        ];
        Assert.All(verbs, v => Assert.Contains(v, help.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_terminal_gets_tables_and_progress()
    {
        await _cli.RememberAsync("[odd] markup", "--domain", "a");
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(TextReader.Null, output, error, IsOutTerminal: true, IsErrorTerminal: true);
        Assert.Equal(0, await Program.RunAsync(["list", "--pool", _cli.Pool], terminal));
        Assert.Contains("markup", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bar_draws_itself_and_leaves_a_clean_line()
    {
        using var target = new StringWriter();
        using (var bar = new ProgressBar(target, "memories", TimeSpan.Zero)) bar.Report(0.5, 1234);
        Assert.Contains("1,234 memories", target.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r", target.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_commit_sets_the_pool_beside_the_device()
    {
        var figures = await _cli.JsonAsync(0, "bench", "commit", "--rounds", "1", "--slice-ms", "50");
        Assert.True(figures.GetProperty("one_writer").GetProperty("p50_us").GetDouble() > 0);
        Assert.True(figures.GetProperty("one_writer").GetProperty("device_p50_us").GetDouble() > 0);
        Assert.True(figures.GetProperty("writers_64").GetProperty("per_second").GetDouble() > 0);
        Assert.True(figures.GetProperty("writers_64").GetProperty("device_per_second").GetDouble() > 0);
        Assert.Empty(Directory.GetFileSystemEntries(_cli.Root));
        Assert.Contains("64 writers", (await _cli.RunAsync("bench", "commit", "--rounds", "1", "--slice-ms", "20")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_open_says_what_opening_takes()
    {
        await _cli.RunAsync("remember", "Open once, keep it open.");
        var figures = await _cli.JsonAsync(0, "bench", "open", "--times", "3");
        Assert.Equal(1, figures.GetProperty("records").GetInt64());
        var open = figures.GetProperty("open");
        Assert.True(open.GetProperty("min_ms").GetDouble() > 0);
        Assert.True(open.GetProperty("max_ms").GetDouble() >= open.GetProperty("median_ms").GetDouble());
        Assert.True(figures.GetProperty("parts").GetProperty("journal_ms").GetDouble() >= 0);
        Assert.Contains("record log", (await _cli.RunAsync("bench", "open")).Out, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> ProcessAsync(params string[] args)
    {
        string[] all = ["exec", typeof(Program).Assembly.Location, .. args, "--pool", _cli.Pool];
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
