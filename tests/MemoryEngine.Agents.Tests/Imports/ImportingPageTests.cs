using MemoryEngine.Agents.Imports;
using MemoryEngine.Testing;

namespace MemoryEngine.Agents.Tests.Imports;

/// <summary>The code of docs/importing.md is what is compiled and run here.</summary>
public sealed class ImportingPageTests
{
    [Fact]
    public async Task The_page_shows_how_a_file_is_imported()
    {
        const string Shown =
            """
            var report = await new FileImporter(store).ImportAsync("AGENTS.md", new ImportOptions { Domain = "web/shop" });
            Console.WriteLine($"{report.Added} added, {report.Revised} revised, {report.Missing.Count} missing");
            """;
        Assert.Contains($"```csharp\n{Shown.ReplaceLineEndings("\n")}\n```", RepositoryFiles.Text("docs", "importing.md"), StringComparison.Ordinal);
        await using var pool = await ImportPool.OpenAsync();
        var file = pool.Write("AGENTS.md", "# One\nText.");
        var report = await new FileImporter(pool.Store).ImportAsync(file, new ImportOptions { Domain = "web/shop" });
        Assert.Equal("1 added, 0 revised, 0 missing", $"{report.Added} added, {report.Revised} revised, {report.Missing.Count} missing");
    }

    [Fact]
    public void The_page_has_every_form()
    {
        var page = RepositoryFiles.Text("docs", "importing.md");
        Assert.All(ImportFormats.All, name => Assert.Contains($"| `{name}` |", page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<ImportFormat>(), f => Assert.Equal(f, ImportFormats.FormatOf(ImportFormats.Of(f))));
    }
}
