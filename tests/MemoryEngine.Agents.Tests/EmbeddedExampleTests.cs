using System.Diagnostics;
using System.Text.RegularExpressions;
using MemoryEngine.Testing;

namespace MemoryEngine.Agents.Tests;

/// <summary>docs/examples/embedded, run as its reader would: it prints what its README shows.</summary>
public sealed partial class EmbeddedExampleTests
{
    private const string Command = "$ dotnet run -c Release --project docs/examples/embedded";

    [Fact]
    public async Task The_agent_prints_what_the_readme_shows()
    {
        var root = Directory.CreateTempSubdirectory("memengine-example-");
        try
        {
            var blocks = Blocks().Matches(RepositoryFiles.Text("docs", "examples", "embedded", "README.md")).Select(m => m.Groups[1].Value).ToList();
            Assert.Equal(2, blocks.Count);
            Assert.Equal(blocks[0], $"{Command}\n{await PrintedAsync(root.FullName)}");

            var pool = Path.Combine(root.FullName, "repaired");
            Assert.Equal(blocks[0], $"{Command}\n{await PrintedAsync(root.FullName, pool)}");
            var second = await PrintedAsync(root.FullName, pool);
            var shown = blocks[1].Split("…\n");
            Assert.Equal($"{Command} -- repaired\n{Command} -- repaired\n", shown[0]);
            Assert.EndsWith($"\n{shown[1]}", second, StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<string> PrintedAsync(string folder, params string[] args)
    {
        string[] all = ["exec", Path.Combine(AppContext.BaseDirectory, "RepairAgent.dll"), .. args];
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", all) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return (await output).ReplaceLineEndings("\n");
    }

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
