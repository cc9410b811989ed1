namespace MemoryEngine.Cli.Tests;

/// <summary>docs/article.md shows each statement of the article by a command: all are run, and must print what the page shows.</summary>
public sealed class ArticlePageTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Each_command_prints_what_the_page_shows()
    {
        var page = new ConsolePage("docs", "article.md");
        await page.RunAsync(_cli);
        Assert.True(page.Commands >= 15, $"The page shows {page.Commands} commands.");
    }
}
