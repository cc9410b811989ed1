using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MemoryEngine.Agents.Http;
using MemoryEngine.Agents.Imports;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Chat;

/// <summary>What a model answered.</summary>
internal sealed record ChatAnswer(string Text, string? FinishReason, string? Model);

/// <summary>What goes over the wire: the body of a request, and the text out of an answer.</summary>
internal static class ChatWire
{
    public static byte[] Request(HttpChatOptions chat, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", chat.Model);
            json.WriteStartArray("messages");
            if (options?.Instructions is { Length: > 0 } instructions) Message(json, "system", instructions);
            foreach (var message in messages) Message(json, message.Role.Value, message.Text);
            json.WriteEndArray();
            json.WriteBoolean("stream", false);
            if (chat.Api == ChatApi.Ollama) OllamaOptions(json, options);
            else OpenAIOptions(json, options);
            json.WriteEndObject();
        }
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The text of an answer.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="BadAnswerException">It is JSON, and no answer with a text.</exception>
    public static ChatAnswer Answer(ChatApi api, ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        var choice = root;
        if (api == ChatApi.OpenAI)
        {
            choice = root.Items("choices").FirstOrDefault();
            if (choice.ValueKind != JsonValueKind.Object) throw new BadAnswerException("has no 'choices' with a message");
        }
        var message = choice.Object("message");
        if (message.ValueKind != JsonValueKind.Object) throw new BadAnswerException("has no 'message'");
        if (message.Text("refusal") is { Length: > 0 }) throw new BadAnswerException("is a refusal");
        var text = message.Content("content") ?? throw new BadAnswerException("has no text in 'message.content'");
        return new ChatAnswer(text, choice.Text(api == ChatApi.OpenAI ? "finish_reason" : "done_reason"), root.Text("model"));
    }

    private static void Message(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void OpenAIOptions(Utf8JsonWriter json, ChatOptions? options)
    {
        if (options?.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (options?.MaxOutputTokens is { } tokens) json.WriteNumber("max_tokens", tokens);
        if (options?.Seed is { } seed) json.WriteNumber("seed", seed);
        if (options?.ResponseFormat is not ChatResponseFormatJson) return;
        json.WriteStartObject("response_format");
        json.WriteString("type", "json_object");
        json.WriteEndObject();
    }

    private static void OllamaOptions(Utf8JsonWriter json, ChatOptions? options)
    {
        if (options?.ResponseFormat is ChatResponseFormatJson) json.WriteString("format", "json");
        if (options is not { Temperature: { } } and not { MaxOutputTokens: { } } and not { Seed: { } }) return;
        json.WriteStartObject("options");
        if (options.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (options.MaxOutputTokens is { } tokens) json.WriteNumber("num_predict", tokens);
        if (options.Seed is { } seed) json.WriteNumber("seed", seed);
        json.WriteEndObject();
    }
}
