using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>Tests that change the process's working directory or console run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>The README's code is what is compiled and run here.</summary>
[Collection(Alone.Name)]
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_four_lines_of_the_readme_recall_what_they_remember()
    {
        Assert.Equal("Close the response body, or the connection pool runs dry.", await PageRun.PrintedAsync(FourLinesAsync));
    }

    [Fact]
    public void The_readme_shows_those_lines()
    {
        var (here, readme) = (RepositoryFiles.Text("tests", "MemoryEngine.Tests", "ReadmeTests.cs").Split('\n'), RepositoryFiles.Text("README.md"));
        var start = Array.FindLastIndex(here, l => l.Contains("private static async Task FourLinesAsync", StringComparison.Ordinal)) + 2;
        var lines = here.Skip(start).Take(4).Select(l => l.Trim());
        Assert.Contains($"```csharp\n{string.Join('\n', lines)}\n```", readme, StringComparison.Ordinal);
    }

    private static async Task FourLinesAsync()
    {
        await using var store = await MemoryStore.OpenAsync("pool");
        await store.RememberAsync("Close the response body, or the connection pool runs dry.", domain: "backend/go");
        var recall = await store.RecallAsync(new RecallQuery { Text = "connections leak", Domain = "web", Mode = TransferMode.CrossDomain });
        Console.WriteLine(recall.Memories[0].Memory.Text);
    }
}
