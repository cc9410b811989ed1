using System.Text.Json;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Tests.Distilling;

/// <summary>A model that says what a test wants, and keeps what it was asked.</summary>
internal sealed class ScriptedChat(Func<IReadOnlyList<ChatMessage>, int, string> answer) : IChatClient
{
    public const string Model = "scripted";

    private static readonly string[] Steps = ["run the build", "fix what it names", "run it again"];

    public List<IReadOnlyList<ChatMessage>> Asked { get; } = [];

    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>A good answer for whatever format the fields in the question are of.</summary>
    public static string Good(IReadOnlyList<ChatMessage> messages) => Good(FormatOf(messages));

    public static string Good(MemoryFormat format) => JsonSerializer.Serialize<object>(format switch
    {
        MemoryFormat.Workflow => new { goal = "Make a failing build pass", steps = Steps },
        MemoryFormat.Summary => new { task = "A build failed on a missing mark.", experience = "The agent ran the build and fixed what it named." },
        _ => new
        {
            title = "Read the first error", description = "When a build fails with many errors.", content = "Fix the first one and build again.",
        },
    });

    public static MemoryFormat FormatOf(IReadOnlyList<ChatMessage> messages)
    {
        var text = messages[1].Text;
        return text.Contains("\"steps\"", StringComparison.Ordinal) ? MemoryFormat.Workflow
            : text.Contains("\"experience\"", StringComparison.Ordinal) ? MemoryFormat.Summary
            : MemoryFormat.Insight;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var list = messages.ToList();
        Asked.Add(list);
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(list, Asked.Count - 1))) { FinishReason = FinishReason };
        return Task.FromResult(response);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The distiller asks for whole answers.");

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("test", null, Model) : null;

    public void Dispose()
    {
    }
}
