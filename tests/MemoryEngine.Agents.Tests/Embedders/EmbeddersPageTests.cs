using MemoryEngine.Agents.Embedders;
using MemoryEngine.Testing;
using MemoryEngine.Testing.Http;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>The code of docs/embedders.md is what is compiled and run here.</summary>
public sealed class EmbeddersPageTests
{
    [Fact]
    public void The_page_shows_the_generator_that_is_tested()
    {
        var own = RepositoryFiles.Text("tests", "MemoryEngine.Agents.Tests", "Embedders", "OwnGenerator.cs");
        var shown = own[own.IndexOf("internal sealed class", StringComparison.Ordinal)..].TrimEnd();
        Assert.Contains($"```csharp\n{shown}\n```", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_takes_it()
    {
        var root = Directory.CreateTempSubdirectory("memengine-");
        using var vowels = new VowelGenerator();
        await using (var store = await MemoryStore.OpenAsync(root.FullName, new MemoryStoreOptions { Embedder = vowels }))
        {
            await store.RememberAsync("banana");
            Assert.Equal(1f, (await store.RecallAsync("papaya")).Memories[0].Scores.Vector);
            var space = Assert.Single(store.Stats().Spaces);
            Assert.Equal(("example/vowels", "1", 5), (space.EmbedderId, space.EmbedderRevision, space.Dimension));
        }
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task The_page_shows_how_an_endpoint_is_used()
    {
        const string Shown =
            """
            using var embedder = new HttpEmbeddingGenerator(new HttpEmbedderOptions
            {
                Api = EmbeddingApi.OpenAI,
                Endpoint = new Uri("http://gpu:8000"),
                Model = "nomic-embed-text-v1.5",
                QueryPrefix = "search_query: ",
                DocumentPrefix = "search_document: ",
            });
            await using var store = await MemoryStore.OpenAsync("pool", new MemoryStoreOptions { Embedder = embedder });
            """;
        Assert.Contains($"```csharp\n{Shown.ReplaceLineEndings("\n")}\n```", Page(), StringComparison.Ordinal);

        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(200, HttpEmbeddingTests.Lengths(asked)));
        var root = Directory.CreateTempSubdirectory("memengine-");
        using var embedder = new HttpEmbeddingGenerator(new HttpEmbedderOptions
        {
            Api = EmbeddingApi.OpenAI,
            Endpoint = endpoint.Address,
            Model = "nomic-embed-text-v1.5",
            QueryPrefix = "search_query: ",
            DocumentPrefix = "search_document: ",
        });
        await using (var store = await MemoryStore.OpenAsync(root.FullName, new MemoryStoreOptions { Embedder = embedder }))
        {
            await store.RememberAsync("retry");
            Assert.NotNull((await store.RecallAsync("again")).Memories[0].Scores.Vector);
            Assert.Equal(["search_document: retry", "search_query: again"], endpoint.Asked.SelectMany(HttpEmbeddingTests.Inputs));
        }
        root.Delete(recursive: true);
    }

    private static string Page() => RepositoryFiles.Text("docs", "embedders.md");
}
