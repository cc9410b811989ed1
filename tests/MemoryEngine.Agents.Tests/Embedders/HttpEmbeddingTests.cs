using System.Runtime.InteropServices;
using System.Text.Json;
using MemoryEngine.Agents.Embedders;
using MemoryEngine.Testing.Http;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>The two wire formats, against a server on this machine.</summary>
public sealed class HttpEmbeddingTests
{
    [Theory]
    [InlineData("", "/v1/embeddings")]
    [InlineData("/v1", "/v1/embeddings")]
    [InlineData("/v1/", "/v1/embeddings")]
    [InlineData("/openai/v1/embeddings", "/openai/v1/embeddings")]
    [InlineData("/v1?api-version=3", "/v1/embeddings?api-version=3")]
    public async Task An_endpoint_of_the_openai_kind_is_asked_in_its_form(string path, string target)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, OpenAI((1, "[0,1,2.5e-1]"), (0, "[3,-4,5]"))));
        var options = Options(endpoint, path) with { Dimensions = 3, KeyVariable = "KEY" };
        using var embedder = new HttpEmbeddingGenerator(options, readVariable: _ => "se-cret");
        Assert.Equal([[3f, -4f, 5f], [0f, 1f, 0.25f]], await AskAsync(embedder, ["first", "second \u4f60 \"quoted\""]));

        var asked = Assert.Single(endpoint.Asked);
        Assert.Equal($"POST {target} HTTP/1.1", asked.Target);
        Assert.Equal("Bearer se-cret", asked.Headers["Authorization"]);
        Assert.Equal("application/json", asked.Headers["Content-Type"]);
        Assert.Contains("\u4f60", asked.Body, StringComparison.Ordinal);
        var body = JsonDocument.Parse(asked.Body).RootElement;
        Assert.Equal(["model", "input", "encoding_format", "dimensions"], body.EnumerateObject().Select(p => p.Name));
        Assert.Equal("small", body.GetProperty("model").GetString());
        Assert.Equal(["first", "second \u4f60 \"quoted\""], body.GetProperty("input").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("float", body.GetProperty("encoding_format").GetString());
        Assert.Equal(3, body.GetProperty("dimensions").GetInt32());
    }

    [Theory]
    [InlineData("", "/api/embed")]
    [InlineData("/proxied/api", "/proxied/api/embed")]
    [InlineData("/api/embed", "/api/embed")]
    public async Task Ollama_is_asked_in_its_form(string path, string target)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(
            200, """{"model":"small","embeddings":[[1,2],[3,4]],"total_duration":14143917,"load_duration":1019500,"prompt_eval_count":8}"""));
        using var embedder = new HttpEmbeddingGenerator(Options(endpoint, path) with { Api = EmbeddingApi.Ollama });
        Assert.Equal([[1f, 2f], [3f, 4f]], await AskAsync(embedder, ["a", "b"]));
        var asked = Assert.Single(endpoint.Asked);
        Assert.Equal($"POST {target} HTTP/1.1", asked.Target);
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        Assert.Equal("""{"model":"small","input":["a","b"],"truncate":true}""", asked.Body);
    }

    [Fact]
    public async Task Base64_is_accepted_and_indices_may_be_missing()
    {
        var floats = new[] { 1.5f, -2f, 3e-20f };
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(floats));
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, $$"""{"data":[{"embedding":"{{base64}}"}]}"""));
        using var embedder = new HttpEmbeddingGenerator(Options(endpoint));
        Assert.Equal([floats], await AskAsync(embedder, ["a"]));
        Assert.Empty(await AskAsync(embedder, []));
        Assert.Single(endpoint.Asked);
    }

    [Fact]
    public async Task Batches_are_bounded_by_texts_and_by_characters()
    {
        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(200, Lengths(asked)));
        var options = Options(endpoint) with { BatchTexts = 3, BatchCharacters = 10, MaxTextCharacters = 25 };
        using var embedder = new HttpEmbeddingGenerator(options);
        string[] texts = [.. "1 1 1 1 6 4 30 2 9".Split(' ').Select(n => new string('x', int.Parse(n)))];
        var made = await AskAsync(embedder, texts);
        // The long one is cut, and goes alone.
        Assert.Equal([1f, 1, 1, 1, 6, 4, 25, 2, 9], made.Select(v => v[0]));
        Assert.Equal([3, 2, 1, 1, 1, 1], endpoint.Asked.Select(a => Inputs(a).Count));
    }

    [Fact]
    public async Task A_text_is_cut_between_characters()
    {
        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(200, Lengths(asked)));
        using var embedder = new HttpEmbeddingGenerator(Options(endpoint) with { MaxTextCharacters = 4, DocumentPrefix = "d: " });
        await AskAsync(embedder, ["abc\U0001F600", "ab\U0001F600z"]);
        Assert.Equal(["d: abc", "d: ab\U0001F600"], Inputs(endpoint.Asked[0]));
    }

    [Fact]
    public async Task Queries_and_documents_get_their_prefixes()
    {
        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(200, Lengths(asked)));
        using var embedder = new HttpEmbeddingGenerator(Options(endpoint) with { QueryPrefix = "query: ", DocumentPrefix = "passage: " });
        await AskAsync(embedder, ["a"], EmbeddingPurpose.Query);
        await AskAsync(embedder, ["b"], EmbeddingPurpose.Document);
        await embedder.GenerateAsync(["c"]);
        Assert.Equal(["query: a", "passage: b", "passage: c"], endpoint.Asked.SelectMany(Inputs));
    }

    [Fact]
    public async Task It_says_who_it_is_and_takes_no_other_model()
    {
        var options = new HttpEmbedderOptions { Api = EmbeddingApi.Ollama, Model = "nomic-embed-text", Revision = "1.5" };
        using var embedder = new HttpEmbeddingGenerator(options);
        Assert.Equal(new EmbedderIdentity("ollama/nomic-embed-text", "1.5"), embedder.GetService(typeof(EmbedderIdentity)));
        var metadata = Assert.IsType<EmbeddingGeneratorMetadata>(embedder.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal(("ollama", "nomic-embed-text"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(embedder, embedder.GetService(typeof(HttpEmbeddingGenerator)));
        Assert.Equal("ollama/nomic-embed-text at http://localhost:11434/api/embed", embedder.ToString());
        await Assert.ThrowsAsync<NotSupportedException>(() => embedder.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "other" }));
        await Assert.ThrowsAsync<NotSupportedException>(() => embedder.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 5 }));

        var openAI = options with { Api = EmbeddingApi.OpenAI, Model = "text-embedding-3-small", Dimensions = 512, Revision = "" };
        Assert.Equal(new EmbedderIdentity("openai/text-embedding-3-small@512"), openAI.Identity);
        Assert.Equal("http/m", new HttpEmbedderOptions { Api = EmbeddingApi.OpenAI, Model = "m", Endpoint = new Uri("http://gpu:8000") }.Identity.Id);
        Assert.Equal("work/m", new HttpEmbedderOptions { Api = EmbeddingApi.OpenAI, Model = "m", Provider = "work" }.Identity.Id);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var good = new HttpEmbedderOptions { Api = EmbeddingApi.OpenAI, Model = "m", Endpoint = new Uri("http://gpu:8000") };
        using (new HttpEmbeddingGenerator(good))
        {
            Refused(good with { Model = " " }, "names no model");
            Refused(good with { Dimensions = 1 }, "1 dimensions");
            Refused(good with { BatchTexts = 0 }, "not positive");
            Refused(good with { MaxRetries = -1 }, "negative");
            Refused(good with { QueryDeadline = TimeSpan.Zero }, "timeout");
            Refused(good with { Endpoint = new Uri("ftp://gpu") }, "http://");
            Refused(good with { Endpoint = new Uri("gpu", UriKind.Relative) }, "http://");
            Refused(good with { Endpoint = new Uri("http://me:secret@gpu") }, "environment variable");
        }
    }

    private static void Refused(HttpEmbedderOptions options, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => new HttpEmbeddingGenerator(options));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    internal static HttpEmbedderOptions Options(HttpEndpoint endpoint, string path = "") =>
        new() { Api = EmbeddingApi.OpenAI, Model = "small", Endpoint = new Uri($"{endpoint.Address.GetLeftPart(UriPartial.Authority)}{path}") };

    internal static async Task<float[][]> AskAsync(
        IEmbeddingGenerator<string, Embedding<float>> embedder, string[] texts, string? purpose = null, CancellationToken cancellation = default)
    {
        var options = new EmbeddingGenerationOptions { AdditionalProperties = new() { [EmbeddingPurpose.Key] = purpose } };
        return [.. (await embedder.GenerateAsync(texts, options, cancellation)).Select(e => e.Vector.ToArray())];
    }

    internal static string OpenAI(params (int Index, string Vector)[] vectors)
    {
        var data = vectors.Select(v => $$"""{"object":"embedding","index":{{v.Index}},"embedding":{{v.Vector}}}""");
        return $$$"""{"object":"list","data":[{{{string.Join(',', data)}}}],"model":"small","usage":{"prompt_tokens":8,"total_tokens":8}}""";
    }

    internal static List<string> Inputs(HttpAsked asked) =>
        [.. JsonDocument.Parse(asked.Body).RootElement.GetProperty("input").EnumerateArray().Select(t => t.GetString()!)];

    /// <summary>An answer that tells each text its length.</summary>
    internal static string Lengths(HttpAsked asked) => OpenAI([.. Inputs(asked).Select((t, i) => (i, $"[{t.Length},1]"))]);
}
