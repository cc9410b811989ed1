#pragma warning disable CA1859 // The page shows that the interface is enough.
using MemoryEngine.Testing;

namespace MemoryEngine.Client.Tests;

/// <summary>The code of docs/clients.md is what is compiled and run here.</summary>
public sealed class ClientsPageTests
{
    [Fact]
    public async Task The_page_finds_what_it_says()
    {
        await using var served = await Served.StartAsync();
        using var printed = new StringWriter();
        await PageAsync(served.Pool, printed);
        Assert.Equal("Retry only what is idempotent.", printed.ToString().Trim());
    }

    [Fact]
    public void The_page_shows_that_code()
    {
        var here = RepositoryFiles.Text("tests", "MemoryEngine.Client.Tests", "ClientsPageTests.cs").ReplaceLineEndings("\n").Split('\n');
        var start = Array.FindLastIndex(here, l => l.Contains("private static async Task PageAsync", StringComparison.Ordinal)) + 2;
        var code = string.Join('\n', here[start..^3].Select(l => l[8..]))
            .Replace("ToPoolAsync(directory)", "ToPoolAsync(\".memengine\")", StringComparison.Ordinal)
            .Replace("printed.", "Console.", StringComparison.Ordinal);
        Assert.Contains($"```csharp\n{code}\n```", RepositoryFiles.Text("docs", "clients.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static async Task PageAsync(string directory, TextWriter printed)
    {
        await using IMemoryStore pool = await MemoryClient.ConnectToPoolAsync(directory);
        await pool.RememberAsync(new MemoryDraft { Text = "Retry only what is idempotent.", Domain = "backend/go" });
        var result = await pool.RecallAsync(new RecallQuery { Text = "a call is retried twice", Domain = "mobile/kotlin", Mode = TransferMode.CrossDomain });
        foreach (var recalled in result.Memories) printed.WriteLine(recalled.Memory.Text);
    }
}
