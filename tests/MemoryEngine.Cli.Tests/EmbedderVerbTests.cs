using System.Text.Json;
using MemoryEngine.Testing.Http;

namespace MemoryEngine.Cli.Tests;

/// <summary>Pools whose vectors another process makes, or a table in a folder, as a user of the tool asks for them.</summary>
public sealed class EmbedderVerbTests : IDisposable
{
    private const string Key = "sk-test-0123456789";

    private readonly CliRun _cli = new();
    private bool _isDown;

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_pool_whose_embedder_is_down_still_remembers_and_recalls_and_says_so()
    {
        using var endpoint = new HttpEndpoint((asked, _) => _isDown ? HttpReply.Of(401, $"no such key: {Key}") : Letters(asked));
        string[] embedder = ["--embedder", $"http:{endpoint.Address}", "--embedder-model", "letters", "--embedder-key-env", "LETTERS_KEY"];
        _cli.Variables["LETTERS_KEY"] = Key;

        Assert.Equal("added", (await _cli.JsonAsync(0, ["remember", "aaaa", .. embedder])).GetProperty("outcome").GetString());
        Assert.Equal($"Bearer {Key}", endpoint.Asked[^1].Headers["Authorization"]);
        var found = await _cli.JsonAsync(0, ["recall", "ab", .. embedder]);
        Assert.NotEqual(JsonValueKind.Null, found.GetProperty("memories")[0].GetProperty("scores").GetProperty("vector").ValueKind);
        Assert.Equal(0, found.GetProperty("notes").GetArrayLength());

        _isDown = true;
        var down = await _cli.RunAsync(["remember", "bbbb", .. embedder]);
        Assert.Equal(0, down.ExitCode);
        Assert.Contains("401", down.Error, StringComparison.Ordinal);
        Assert.Contains("stored without a vector", down.Error, StringComparison.Ordinal);
        found = await _cli.JsonAsync(0, ["recall", "bbbb", .. embedder]);
        Assert.Equal("bbbb", found.GetProperty("memories")[0].GetProperty("text").GetString());
        Assert.Contains("Found by words alone.", found.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        var file = _cli.Write("two.jsonl", """{"text":"abab"}""", """{"text":"baba"}""");
        Assert.Equal(2, (await _cli.JsonAsync(0, ["import", file, .. embedder])).GetProperty("unembedded").GetInt32());

        var stats = await _cli.JsonAsync(0, "stats");
        Assert.Equal((4, 3), (stats.GetProperty("memories").GetInt32(), stats.GetProperty("unembedded").GetInt32()));
        Assert.Contains("3 without a vector", (await _cli.RunAsync("stats")).Out, StringComparison.Ordinal);
        _isDown = false;
        Assert.Equal(3, (await _cli.JsonAsync(0, ["reembed", .. embedder])).GetProperty("embedded").GetInt32());
        Assert.Equal(0, (await _cli.JsonAsync(0, "stats")).GetProperty("unembedded").GetInt32());
        foreach (var text in new[] { down.Out, down.Error, found.ToString(), stats.ToString() })
            Assert.DoesNotContain(Key[..6], text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_names_it_too_and_the_pool_holds_to_it()
    {
        using var endpoint = new HttpEndpoint((asked, _) => Letters(asked));
        _cli.Variables["MEMENGINE_EMBEDDER"] = endpoint.Address.ToString();
        _cli.Variables["MEMENGINE_EMBEDDER_MODEL"] = "letters";
        _cli.Variables["MEMENGINE_EMBEDDER_DOCUMENT_PREFIX"] = "doc: ";
        await _cli.RememberAsync("aaaa");
        Assert.Contains("doc: aaaa", endpoint.Asked[0].Body, StringComparison.Ordinal);
        Assert.Equal("http/letters", (await _cli.JsonAsync(0, "stats")).GetProperty("spaces")[0].GetProperty("embedder").GetString());

        // Another model, or none, is refused for writing and by who asks for it; without asking, words are searched.
        _cli.Variables["MEMENGINE_EMBEDDER_MODEL"] = "other";
        await RefusedAsync("http/letters", "remember", "x");
        await RefusedAsync("http/letters", "recall", "aaaa");
        await RefusedAsync("http/letters", "recall", "aaaa", "--embedder", "builtin");
        _cli.Variables.Clear();
        await RefusedAsync("http/letters", "remember", "x");
        var found = await _cli.RunAsync("recall", "aaaa", "--json");
        Assert.Equal(1, found.Json.GetProperty("memories").GetArrayLength());
        Assert.Contains("by their words alone", found.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("words alone", (await _cli.RunAsync("recall", "aaaa", "--embedder", "none")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("words alone", (await _cli.RunAsync("list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reembed_changes_the_embedder_and_goes_on_where_it_was_stopped()
    {
        var answers = 2;
        using var endpoint = new HttpEndpoint((asked, _) => answers-- > 0 ? Letters(asked) : HttpReply.Of(401, "no"));
        string[] embedder = ["--embedder", $"http:{endpoint.Address}", "--embedder-model", "letters"];
        var file = _cli.Write(
            "many.jsonl", [.. Enumerable.Range(0, 25).Select(i => $$"""{"text":"{{new string('a', i)}} {{new string('b', 25 - i)}}"}""")]);
        await _cli.JsonAsync(0, "import", file);
        var refused = (await _cli.JsonAsync(2, ["remember", "x", .. embedder])).GetProperty("error");
        Assert.Equal("embedder_mismatch", refused.GetProperty("code").GetString());
        Assert.Contains("'reembed'", refused.GetProperty("message").GetString(), StringComparison.Ordinal);

        var stopped = (await _cli.JsonAsync(5, ["reembed", "--batch", "10", .. embedder])).GetProperty("error");
        Assert.Equal("embedder", stopped.GetProperty("code").GetString());
        Assert.Contains("20 of 25 memories", stopped.GetProperty("message").GetString(), StringComparison.Ordinal);
        // The pool is as it was.
        Assert.Equal(1, (await _cli.JsonAsync(0, "recall", "aaaa", "--embedder", "builtin", "-k", "1")).GetProperty("memories").GetArrayLength());
        answers = 100;
        var done = await _cli.JsonAsync(0, ["reembed", "--batch", "10", "--rate", "1000", "--drop-old", .. embedder]);
        Assert.Equal(
            (5, 20, true),
            (done.GetProperty("embedded").GetInt32(), done.GetProperty("already").GetInt32(), done.GetProperty("switched").GetBoolean()));
        var found = await _cli.JsonAsync(0, ["recall", "ab", .. embedder]);
        Assert.NotEqual(JsonValueKind.Null, found.GetProperty("memories")[0].GetProperty("scores").GetProperty("vector").ValueKind);
        Assert.Equal("http/letters", (await _cli.JsonAsync(0, "stats")).GetProperty("spaces")[0].GetProperty("embedder").GetString());
        Assert.Contains("were there already", (await _cli.RunAsync(["reembed", .. embedder])).Out, StringComparison.Ordinal);
        foreach (var none in new[] { "none", "builtin" })
            Assert.Equal("usage", (await _cli.JsonAsync(2, "reembed", "--embedder", none)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Ollama_is_spoken_to()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, """{"embeddings":[[1,2,3]]}"""));
        await _cli.RememberAsync("aaaa", "--embedder", $"ollama:{endpoint.Address}", "--embedder-model", "m", "--embedder-dimensions", "3");
        Assert.Equal("POST /api/embed HTTP/1.1", endpoint.Asked[0].Target);
        Assert.Equal("ollama/m@3", (await _cli.JsonAsync(0, "stats")).GetProperty("spaces")[0].GetProperty("embedder").GetString());
    }

    [Fact]
    public async Task A_folder_with_a_table_is_used()
    {
        var folder = WriteModel();
        await _cli.RememberAsync("retry", "--embedder", $"folder:{folder}");
        await _cli.RememberAsync("queue", "--embedder", $"folder:{folder}");
        var found = await _cli.JsonAsync(0, "recall", "retry", "--embedder", $"folder:{folder}", "-k", "2");
        var scores = found.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("scores").GetProperty("vector").GetSingle());
        Assert.Equal([1f, 0f], scores);
        Assert.Equal("model2vec/static", (await _cli.JsonAsync(0, "stats")).GetProperty("spaces")[0].GetProperty("embedder").GetString());

        File.AppendAllText(Path.Combine(folder, "config.json"), " ");
        await RefusedAsync("model2vec/static", "recall", "retry", "--embedder", $"folder:{folder}");
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        var answer = await _cli.JsonAsync(5, "recall", "retry", "--embedder", $"folder:{folder}");
        Assert.Contains("tokenizer.json", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'magic'", "--embedder", "magic")]
    [InlineData("it can be", "--embedder", "folder:")]
    [InlineData("it can be", "--embedder", "builtin:x")]
    [InlineData("no address", "--embedder", "http:gpu:8000")]
    [InlineData("no address", "--embedder", "ollama:gpu")]
    [InlineData("Which model?", "--embedder", "ollama")]
    [InlineData("does not name", "--embedder-model", "m")]
    [InlineData("whole number", "--embedder", "ollama", "--embedder-model", "m", "--embedder-dimensions", "many")]
    [InlineData("dimensions", "--embedder", "ollama", "--embedder-model", "m", "--embedder-dimensions", "1")]
    [InlineData("OPENAI_API_KEY holds no key", "--embedder", "http:https://api.openai.com/v1", "--embedder-model", "m")]
    [InlineData("MY_KEY holds no key", "--embedder", "ollama", "--embedder-model", "m", "--embedder-key-env", "MY_KEY")]
    [InlineData("no name of an environment variable", "--embedder", "ollama", "--embedder-model", "m", "--embedder-key-env", Key)]
    public async Task What_makes_no_sense_is_a_matter_of_usage(string why, params string[] options)
    {
        var error = (await _cli.JsonAsync(2, ["remember", "x", .. options])).GetProperty("error");
        Assert.Equal("usage", error.GetProperty("code").GetString());
        Assert.Contains(why, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.Pool));
    }

    private async Task RefusedAsync(string embedder, params string[] args)
    {
        var error = (await _cli.JsonAsync(2, args)).GetProperty("error");
        Assert.Equal("embedder_mismatch", error.GetProperty("code").GetString());
        Assert.Contains(embedder, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Counts a, b and the rest.</summary>
    private static HttpReply Letters(HttpAsked asked)
    {
        var texts = JsonDocument.Parse(asked.Body).RootElement.GetProperty("input").EnumerateArray().Select(t => t.GetString()!);
        var data = texts.Select((t, i) => $$"""{"index":{{i}},"embedding":[{{t.Count(c => c == 'a')}},{{t.Count(c => c == 'b')}},0.1]}""");
        return HttpReply.Of(200, $"{{\"data\":[{string.Join(',', data)}]}}");
    }

    // Two words, at right angles.
    private string WriteModel()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cli.Root, "model")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"normalize":true}""");
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            """
            {"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"retry":1,"queue":2}}}
            """);
        var header = """{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}""";
        var table = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([0, 0, 2, 0, 0, 3]);
        File.WriteAllBytes(
            Path.Combine(folder, "model.safetensors"),
            [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header), .. table]);
        return folder;
    }
}
