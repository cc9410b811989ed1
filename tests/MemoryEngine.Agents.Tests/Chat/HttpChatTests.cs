using System.Text.Json;
using MemoryEngine.Agents.Chat;
using MemoryEngine.Agents.Tests.Embedders;
using MemoryEngine.Testing.Http;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Tests.Chat;

/// <summary>A language model over HTTP, with the wire format of those who serve one, and everything that such a server does wrong.</summary>
public sealed class HttpChatTests
{
    private const string Key = "sk-proj-0123456789abcdef";

    private readonly PauseClock _clock = new(TimeSpan.FromSeconds(100));

    [Fact]
    public async Task OpenAI_is_asked_as_it_wants_to_be()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, OpenAI("Hello.", "stop")));
        using var chat = Client(endpoint, ChatApi.OpenAI);
        var options = new ChatOptions
        {
            Temperature = 0.5f,
            MaxOutputTokens = 7,
            Seed = 3,
            ResponseFormat = ChatResponseFormat.Json,
            Instructions = "Be brief.",
        };
        var response = await chat.GetResponseAsync([new(ChatRole.System, "S"), new(ChatRole.User, "日本")], options);
        Assert.Equal(("Hello.", ChatFinishReason.Stop, "served-model"), (response.Text, response.FinishReason, response.ModelId));
        var asked = Assert.Single(endpoint.Asked);
        Assert.Equal("POST /v1/chat/completions HTTP/1.1", asked.Target);
        Assert.Equal($"Bearer {Key}", asked.Headers["Authorization"]);
        Assert.Equal(
            """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"system","content":"S"},""" +
            """{"role":"user","content":"日本"}],"stream":false,"temperature":0.5,"max_tokens":7,""" +
            "\"seed\":3,\"response_format\":{\"type\":\"json_object\"}}",
            asked.Body);
    }

    [Fact]
    public async Task Ollama_is_asked_in_its_own_way()
    {
        const string Answer = """{"model":"m","message":{"role":"assistant","content":"Hello."},"done":true,"done_reason":"length"}""";
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, Answer));
        using var chat = Client(endpoint, ChatApi.Ollama);
        var options = new ChatOptions { Temperature = 0, ResponseFormat = ChatResponseFormat.Json };
        var response = await chat.GetResponseAsync([new(ChatRole.User, "hi")], options);
        Assert.Equal(("Hello.", ChatFinishReason.Length), (response.Text, response.FinishReason));
        var asked = Assert.Single(endpoint.Asked);
        Assert.Equal("POST /api/chat HTTP/1.1", asked.Target);
        Assert.Equal(
            """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":false,"format":"json","options":{"temperature":0}}""", asked.Body);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in chat.GetStreamingResponseAsync([new(ChatRole.User, "hi")])) updates.Add(update);
        Assert.Equal("Hello.", Assert.Single(updates).Text);
        Assert.Equal("ollama", chat.GetService<ChatClientMetadata>()!.ProviderName);
    }

    [Fact]
    public async Task A_busy_endpoint_is_asked_again_and_not_for_ever()
    {
        using var endpoint = new HttpEndpoint((_, n) => n switch
        {
            0 => HttpReply.Of(503, "loading"),
            1 => HttpReply.HangUp(),
            2 => HttpReply.Of(429, "", "text/plain", "Retry-After: 7"),
            3 => HttpReply.Of(200, OpenAI("At last.")),
            _ => HttpReply.Of(500, "no"),
        });
        using var chat = Client(endpoint, ChatApi.OpenAI);
        Assert.Equal("At last.", (await chat.GetResponseAsync([new(ChatRole.User, "hi")])).Text);
        Assert.Equal(TimeSpan.FromSeconds(7), _clock.Pauses[2]);
        Assert.Contains("Asked 4 times", await FailAsync(chat), StringComparison.Ordinal);
        Assert.Equal(8, endpoint.Asked.Count);
    }

    [Fact]
    public async Task A_slow_one_is_given_up()
    {
        using var silent = new HttpEndpoint((_, n) => n % 2 == 0 ? HttpReply.Silence() : HttpReply.Stall("{\"choices\":["));
        using var chat = new HttpChatClient(
            new HttpChatOptions
            {
                Api = ChatApi.OpenAI,
                Endpoint = silent.Address,
                Model = "m",
                MaxRetries = 1,
                RequestTimeout = TimeSpan.FromMilliseconds(200),
                Deadline = TimeSpan.FromMinutes(5),
            });
        Assert.Contains("did not answer within 0.2 s. Asked 2 times", await FailAsync(chat), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "no JSON")]
    [InlineData("[]", "no 'choices'")]
    [InlineData("{}", "no 'choices'")]
    [InlineData("{\"choices\":[]}", "no 'choices'")]
    [InlineData("{\"choices\":[7]}", "no 'choices'")]
    [InlineData("{\"choices\":[{}]}", "no 'message'")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":null}}]}", "no text")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I won't\"}}]}", "refusal")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}", "no JSON")]
    public async Task Nonsense_is_an_error_that_says_so(string answer, string what)
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(200, answer));
        using var chat = Client(endpoint, ChatApi.OpenAI);
        Assert.Contains(what, await FailAsync(chat), StringComparison.Ordinal);
        Assert.Single(endpoint.Asked);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off_and_redirections_are_not_followed()
    {
        using var endless = new HttpEndpoint((_, _) => HttpReply.Endless(_ => { }));
        using var chat = new HttpChatClient(
            new HttpChatOptions { Api = ChatApi.Ollama, Endpoint = endless.Address, Model = "m", MaxAnswerBytes = 100_000 }, clock: _clock);
        Assert.Contains("more than 100000 bytes", await FailAsync(chat), StringComparison.Ordinal);
        using var moved = new HttpEndpoint((_, _) => HttpReply.Of(302, "", "text/plain", "Location: http://127.0.0.1:1/"));
        using var other = Client(moved, ChatApi.OpenAI);
        Assert.Contains("redirections are not followed", await FailAsync(other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task The_key_is_in_no_message(int status)
    {
        using var endpoint = new HttpEndpoint((asked, _) => HttpReply.Of(status, $"bad key {asked.Headers["Authorization"]}"));
        using var chat = Client(endpoint, ChatApi.OpenAI);
        var message = await FailAsync(chat);
        Assert.Contains("[key]", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key[..8], message + chat, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_cannot_do_is_refused_before_anything_is_sent()
    {
        using var endpoint = new HttpEndpoint((_, _) => HttpReply.Of(400, "context length exceeded"));
        using var chat = Client(endpoint, ChatApi.OpenAI);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => chat.GetResponseAsync([new(ChatRole.User, [new UriContent("http://x/a.png", "image/png")])]));
        var other = new ChatOptions { ModelId = "other" };
        await Assert.ThrowsAsync<NotSupportedException>(() => chat.GetResponseAsync([new(ChatRole.User, "x")], other));
        Assert.Empty(endpoint.Asked);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => chat.GetResponseAsync([new(ChatRole.User, "x")]));
        Assert.Contains("context length exceeded", refused.Message, StringComparison.Ordinal);
        var keyless = new HttpChatOptions { Api = ChatApi.OpenAI, Model = "m" };
        Assert.Throws<ArgumentException>(() => new HttpChatClient(keyless, readVariable: _ => null));
        Assert.Throws<ArgumentException>(() => new HttpChatClient(
            new HttpChatOptions { Api = ChatApi.OpenAI, Model = "m", Endpoint = new Uri("http://user:pass@host/") }));
    }

    internal static string OpenAI(string content, string finish = "stop")
    {
        var choice = new { index = 0, message = new { role = "assistant", content }, finish_reason = finish };
        return JsonSerializer.Serialize(new { id = "c1", @object = "chat.completion", model = "served-model", choices = new[] { choice } });
    }

    private static async Task<string> FailAsync(HttpChatClient chat) =>
        (await Assert.ThrowsAsync<ChatEndpointException>(() => chat.GetResponseAsync([new(ChatRole.User, "hi")]))).Message;

    private HttpChatClient Client(HttpEndpoint endpoint, ChatApi api) => new(
        new HttpChatOptions
        {
            Api = api,
            Endpoint = endpoint.Address,
            Model = "m",
            KeyVariable = "SOME_KEY",
            RequestTimeout = TimeSpan.FromSeconds(150),
        },
        clock: _clock, readVariable: name => name == "SOME_KEY" ? Key : null);
}
