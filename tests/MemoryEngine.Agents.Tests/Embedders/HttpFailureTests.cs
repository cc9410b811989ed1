using System.Net;
using System.Net.Sockets;
using MemoryEngine.Agents.Embedders;
using MemoryEngine.Testing.Http;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>Everything that an endpoint does wrong, over real connections; pauses pass on a clock of the tests.</summary>
public sealed class HttpFailureTests
{
    private const string Key = "sk-proj-0123456789abcdef";
    private const string Good = """{"data":[{"index":0,"embedding":[1,2]}]}""";

    private readonly PauseClock _clock = new(TimeSpan.FromSeconds(100));

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_busy_endpoint_is_asked_again(int status)
    {
        using var endpoint = new HttpEndpoint((_, n) => n < 3 ? HttpReply.Of(status, "busy") : HttpReply.Of(200, Good));
        using var embedder = Embedder(endpoint);
        Assert.Equal([[1f, 2f]], await HttpEmbeddingTests.AskAsync(embedder, ["a"]));
        Assert.Equal(4, endpoint.Asked.Count);
        Assert.Equal(3, _clock.Pauses.Count);
        for (var i = 0; i < 3; i++) Assert.InRange(_clock.Pauses[i].TotalMilliseconds, 250 << i, 500 << i);
    }

    [Fact]
    public async Task So_is_one_that_hangs_up_or_breaks_off()
    {
        using var endpoint = new HttpEndpoint((_, n) => n switch
        {
            0 => HttpReply.HangUp(),
            1 => HttpReply.Break(Good[..20]),
            _ => HttpReply.Of(200, Good),
        });
        using var embedder = Embedder(endpoint);
        Assert.Equal([[1f, 2f]], await HttpEmbeddingTests.AskAsync(embedder, ["a"]));
        Assert.Equal(3, endpoint.Asked.Count);
    }

    [Fact]
    public async Task It_is_not_asked_for_ever()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(503, "still \n loading"));
        using var embedder = Embedder(endpoint);
        var message = await FailAsync(embedder);
        Assert.Contains("503", message, StringComparison.Ordinal);
        Assert.Contains("\"still   loading\"", message, StringComparison.Ordinal);
        Assert.Contains("Asked 5 times", message, StringComparison.Ordinal);
        Assert.Equal(5, endpoint.Asked.Count);
        // Somebody waits for a query.
        await FailAsync(embedder, EmbeddingPurpose.Query);
        Assert.Equal(7, endpoint.Asked.Count);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 00:00:09 GMT", 9)]
    [InlineData("Wed, 31 Dec 2025 23:00:00 GMT", 0)]
    public async Task An_endpoint_says_when_to_come_back(string after, int seconds)
    {
        var busy = HttpReply.Of(429, "", "text/plain", $"Retry-After: {after}");
        using var endpoint = new HttpEndpoint((_, n) => n == 0 ? busy : HttpReply.Of(200, Good));
        using var embedder = Embedder(endpoint);
        await HttpEmbeddingTests.AskAsync(embedder, ["a"]);
        if (seconds > 0) Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(_clock.Pauses));
        else Assert.InRange(Assert.Single(_clock.Pauses).TotalMilliseconds, 250, 500);
    }

    [Fact]
    public async Task A_pause_beyond_the_deadline_is_not_waited()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(429, "slow down", "text/plain", "Retry-After: 3600"));
        using var embedder = Embedder(endpoint);
        Assert.Contains("asks for a pause of 3600 s", await FailAsync(embedder), StringComparison.Ordinal);
        Assert.Single(endpoint.Asked);
        Assert.Empty(_clock.Pauses);
    }

    [Fact]
    public async Task Each_batch_has_its_time()
    {
        var busy = HttpReply.Of(503, "", "text/plain", "Retry-After: 90");
        using var endpoint = new HttpEndpoint((_, n) => n % 2 == 0 ? busy : HttpReply.Of(200, Good));
        using var embedder = Embedder(endpoint, o => o with { BatchTexts = 1, DocumentDeadline = TimeSpan.FromSeconds(250) });
        Assert.Equal(5, (await HttpEmbeddingTests.AskAsync(embedder, ["a", "b", "c", "d", "e"])).Length);
        Assert.Equal(5, _clock.Pauses.Count(p => p == TimeSpan.FromSeconds(90)));
    }

    [Theory]
    [InlineData(401, "wrong key")]
    [InlineData(403, "not yours")]
    [InlineData(404, """{"error":"model \"small\" not found, try pulling it first"}""")]
    [InlineData(301, "")]
    [InlineData(307, "")]
    public async Task What_will_not_pass_is_not_repeated(int status, string body)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(status, body, "text/plain", "Location: http://127.0.0.1:1/v1/embeddings"));
        using var embedder = Embedder(endpoint);
        var message = await FailAsync(embedder);
        Assert.Contains($"{status} (", message, StringComparison.Ordinal);
        Assert.Contains(body, message, StringComparison.Ordinal);
        Assert.Single(endpoint.Asked);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_text_may_be_refused(int status)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(status, "maximum context length is 8192 tokens"));
        using var embedder = Embedder(endpoint);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => HttpEmbeddingTests.AskAsync(embedder, ["a"]));
        Assert.Contains("8192 tokens", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html><body>Log in first</body></html>", "no JSON: \"<html><body>Log in first")]
    [InlineData("", "no JSON: nothing")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2""", "no JSON")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,NaN]}]}""", "no JSON")]
    [InlineData("""{"data":[],"\ud800":1}""", "no JSON")]
    [InlineData("""{"data":[{"index":0,"embedding":"\ud800"}]}""", "no")]
    [InlineData("[1,2]", "no array 'data'")]
    [InlineData("""{"error":{"message":"no such model"}}""", "no such model")]
    [InlineData("""{"data":{}}""", "no array 'data'")]
    [InlineData("""{"data":[]}""", "0 vectors for 1 texts")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}""", "2 vectors for 1 texts")]
    [InlineData("""{"data":[7]}""", "no 'embedding' at position 0")]
    [InlineData("""{"data":[{"index":1,"embedding":[1,2]}]}""", "not from 0 to 0")]
    [InlineData("""{"data":[{"index":"0","embedding":[1,2]}]}""", "not from 0 to 0")]
    [InlineData("""{"data":[{"index":0.5,"embedding":[1,2]}]}""", "not from 0 to 0")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,"NaN"]}]}""", "component 1 is String")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,null]}]}""", "component 1 is Null")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,1e999]}]}""", "NaN or an infinity")]
    [InlineData("""{"data":[{"index":0,"embedding":"AADAfwAAgD8="}]}""", "NaN or an infinity")]
    [InlineData("""{"data":[{"index":0,"embedding":"!!"}]}""", "not base64")]
    [InlineData("""{"data":[{"index":0,"embedding":"AAAA"}]}""", "not base64 of float32")]
    [InlineData("""{"data":[{"index":0,"embedding":null}]}""", "Null")]
    [InlineData("""{"data":[{"index":0,"embedding":[]}]}""", "0 dimensions")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2,3]}]}""", "3 dimensions beside, or in place of, 2")]
    public async Task A_malformed_answer_is_refused_and_shown(string body, string why)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, body));
        using var embedder = Embedder(endpoint, o => o with { Dimensions = 2 });
        Assert.Contains(why, await FailAsync(embedder), StringComparison.Ordinal);
        Assert.Single(endpoint.Asked);
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}""", "index 0 twice")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]},{"embedding":[1,2]}]}""", "some of its vectors only")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2,3]}]}""", "3 dimensions beside")]
    public async Task So_is_one_of_several_vectors(string body, string why)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, body));
        using var embedder = Embedder(endpoint);
        var error = await Assert.ThrowsAsync<MemoryEngineException>(() => HttpEmbeddingTests.AskAsync(embedder, ["a", "b"]));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_batches_of_two_dimensions_are_refused()
    {
        using var endpoint = new HttpEndpoint((_, n) => HttpReply.Of(200, HttpEmbeddingTests.OpenAI((0, n == 0 ? "[1,2]" : "[1,2,3]"))));
        using var embedder = Embedder(endpoint, o => o with { BatchTexts = 1 });
        var error = await Assert.ThrowsAsync<MemoryEngineException>(() => HttpEmbeddingTests.AskAsync(embedder, ["a", "b"]));
        Assert.Contains("of 2 and of 3 dimensions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_left_where_it_is()
    {
        long sent = 0;
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Endless(bytes => Volatile.Write(ref sent, bytes)));
        using var embedder = Embedder(endpoint, o => o with { MaxAnswerBytes = 1 << 20 });
        Assert.Contains("more than 1048576 bytes", await FailAsync(embedder), StringComparison.Ordinal);
        // What lies in buffers of the system beside what was read.
        Assert.InRange(Volatile.Read(ref sent), 0, 32 << 20);

        using var honest = new HttpEndpoint((_, _) => HttpReply.Of(200, new string(' ', 2 << 20)));
        using var other = Embedder(honest, o => o with { MaxAnswerBytes = 1 << 20 });
        Assert.Contains("more than 1048576 bytes", await FailAsync(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_complaint_is_shown_in_part()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(403, new string('x', 100_000)));
        using var embedder = Embedder(endpoint);
        var message = await FailAsync(embedder);
        Assert.Contains(new string('x', 200) + "...", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 200, 400);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, EmbeddingPurpose.Query)]
    [InlineData(true, EmbeddingPurpose.Query)]
    public async Task A_slow_endpoint_costs_its_timeout_and_no_more(bool stalls, string? purpose)
    {
        using var asked = new SemaphoreSlim(0);
        using var endpoint = new HttpEndpoint((_, _) =>
        {
            asked.Release();
            return stalls ? HttpReply.Stall(Good[..20]) : HttpReply.Silence();
        });
        using var embedder = Embedder(endpoint, o => o with
        {
            RequestTimeout = TimeSpan.FromSeconds(200),
            DocumentDeadline = TimeSpan.FromSeconds(350),
            QueryDeadline = TimeSpan.FromSeconds(150),
        });
        var failing = FailAsync(embedder, purpose);
        await asked.WaitAsync();
        _clock.Expire();
        if (purpose is null)
        {
            // A second request gets what the first and the pause have left of the time.
            await asked.WaitAsync();
            _clock.Expire();
        }
        Assert.Matches(purpose is null ? @"within 14\d(\.\d+)? s\. Asked 2 times" : @"within 150 s\. Asked once", await failing);
        Assert.Equal(purpose is null ? 2 : 1, endpoint.Asked.Count);
    }

    [Fact]
    public async Task The_time_of_the_system_runs_out_as_well()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Silence());
        var options = HttpEmbeddingTests.Options(endpoint) with { RequestTimeout = TimeSpan.FromMilliseconds(20), MaxRetries = 0 };
        using var embedder = new HttpEmbeddingGenerator(options);
        Assert.Contains("within 0.02 s", await FailAsync(embedder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_asks_may_go_away()
    {
        using var asked = new SemaphoreSlim(0);
        using var endpoint = new HttpEndpoint((_, _) =>
        {
            asked.Release();
            return HttpReply.Silence();
        });
        using var embedder = Embedder(endpoint);
        using var away = new CancellationTokenSource();
        var asking = HttpEmbeddingTests.AskAsync(embedder, ["a"], null, away.Token);
        await asked.WaitAsync();
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Single(endpoint.Asked);
    }

    [Fact]
    public async Task Nobody_there_is_said()
    {
        // A port that is taken, so that no other test gets it, and on which nobody listens.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new Uri($"http://{deaf.LocalEndPoint}");
        var options = new HttpEmbedderOptions
        {
            Api = EmbeddingApi.Ollama,
            Model = "m",
            Endpoint = address,
            DocumentDeadline = TimeSpan.FromHours(1),
            RequestTimeout = TimeSpan.FromHours(1),
        };
        using var embedder = new HttpEmbeddingGenerator(options, clock: _clock);
        var message = await FailAsync(embedder);
        Assert.Contains($"{address}api/embed cannot be reached", message, StringComparison.Ordinal);
        Assert.Equal(4, _clock.Pauses.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(200)]
    public async Task The_key_is_in_no_message(int status)
    {
        var parrot = new string('.', 190) + Key + " and " + Key[..12];
        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(status, $"{asked.Headers["Authorization"]} {parrot}"));
        using var embedder = Embedder(endpoint, o => o with { MaxRetries = 0 });
        var error = await Assert.ThrowsAnyAsync<Exception>(() => HttpEmbeddingTests.AskAsync(embedder, ["a"]));
        Assert.Contains($"Bearer {Key}", endpoint.Asked[0].Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("Bearer [key]", error.Message, StringComparison.Ordinal);
        foreach (var text in new[] { error.ToString(), embedder.ToString(), HttpEmbeddingTests.Options(endpoint).ToString() })
            Assert.DoesNotContain(Key[..6], text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "holds no key")]
    [InlineData("  ", "holds no key")]
    [InlineData("se cret", "no key has")]
    [InlineData("secret\nsecret", "no key has")]
    [InlineData("sécret", "no key has")]
    public void A_key_that_is_none_is_refused_by_its_variable(string? key, string why)
    {
        var options = new HttpEmbedderOptions { Api = EmbeddingApi.OpenAI, Model = "m" };
        var error = Assert.Throws<ArgumentException>(
            () => new HttpEmbeddingGenerator(options, readVariable: name => name == "OPENAI_API_KEY" ? key : "other"));
        Assert.Contains("OPENAI_API_KEY", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAIs_key_goes_to_nobody_else()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, Good));
        using var embedder = new HttpEmbeddingGenerator(HttpEmbeddingTests.Options(endpoint), readVariable: _ => Key);
        await HttpEmbeddingTests.AskAsync(embedder, ["a"]);
        Assert.False(endpoint.Asked[0].Headers.ContainsKey("Authorization"));
    }

    private static async Task<string> FailAsync(HttpEmbeddingGenerator embedder, string? purpose = null)
    {
        var error = await Assert.ThrowsAsync<MemoryEngineException>(() => HttpEmbeddingTests.AskAsync(embedder, ["a"], purpose));
        Assert.Equal(ErrorCode.Embedder, error.Code);
        return error.Message;
    }

    // Timeouts are beyond the clock's limit, so that they never come.
    private HttpEmbeddingGenerator Embedder(HttpEndpoint endpoint, Func<HttpEmbedderOptions, HttpEmbedderOptions>? vary = null)
    {
        var options = HttpEmbeddingTests.Options(endpoint) with
        {
            KeyVariable = "THE_KEY",
            RequestTimeout = TimeSpan.FromHours(1),
            DocumentDeadline = TimeSpan.FromSeconds(1000),
            QueryDeadline = TimeSpan.FromSeconds(500),
        };
        if (vary is not null) options = vary(options);
        return new HttpEmbeddingGenerator(options, clock: _clock, readVariable: name => name == "THE_KEY" ? Key : null);
    }
}
