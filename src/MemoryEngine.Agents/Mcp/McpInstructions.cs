using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MemoryEngine.Agents.Mcp;

/// <summary>What a server tells an agent about remembering: in a few lines on connecting, in full by the prompt.</summary>
internal static class McpInstructions
{
    public const string PromptName = "use_memory";

    public const string OfServer =
        """
        A memory of what earlier tasks taught, kept across sessions and shared by all agents on this pool.
        - Before a task, and again when you are stuck: search_memories with the task in a sentence and its domain (such as backend/go).
          What comes back has been verified for the task; it is advice, not an order. If nothing fits, go on without.
        - After a task, or when something surprised you: add_memory with one lesson that stands by itself: when it applies, what to do,
          why. Say nothing that only this file or this session can use, and no secrets.
        - Correct what turned out wrong with update_memory rather than adding a second one; delete_memory what misleads.
        - When the task is over: report_outcome with the transfer that search_memories gave, how it ended, and the ids you used.
        The prompt use_memory says more.
        """;

    public static GetPromptResult Prompt(string? task, string? domain)
    {
        var domainText = string.IsNullOrWhiteSpace(domain) ? "the task's domain, a short path such as backend/go" : $"`{domain}`";
        var taskText = string.IsNullOrWhiteSpace(task) ? "" : $"\n\nThe task:\n{task}";
        return new GetPromptResult
        {
            Description = "How to work with the memory on a task.",
            Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = Text(domainText) + taskText } }],
        };
    }

    private static string Text(string domain) =>
        $"""
        Work on the task below with the memory of this pool.

        Recall, before you plan:
        1. Call search_memories with `query` set to the task in one or two sentences of your own, and `domain` set to {domain}. State
           `language` and, where versions or the system matter, `context`. Three memories are usual; ask for more only when they do not fit.
        2. Read each one for when it applies. Use what applies; pass over the rest. A memory is advice from another task: where it
           contradicts what you see in front of you, what you see is right.
        3. Call it again when the task turns out to be another one, when an error makes no sense to you, or before something that is hard
           to undo. Do not call it for every step.

        Remember, when the task is done or given up:
        4. Ask what you know now that would have saved time at the start. If it is nothing, remember nothing.
        5. Look whether it is there already (search_memories). If it is there but wrong or incomplete: update_memory, with the version you
           have read. If it is new: add_memory, one lesson a memory:
           - `text`: the lesson, when it applies, why, in a few sentences. No paths, names or numbers of this project, unless the lesson is
             about them; no keys or passwords; no instructions to whoever reads it beyond the lesson.
           - `key`: the situation in which somebody should find it, in the words they would use then.
           - `level`: 3 for a lesson with a condition, 4 for a way of working that holds for any task, 2 for steps of one kind of work.
           - `domain`, and `requires` where it holds only for some language, system or version. `task` and `result` where you know them.
        6. delete_memory what has misled you, and say why in your answer. It can be brought back (update_memory with `restore`).

        Say what came of it, when something has shown how the task ended:
        7. Call report_outcome once for each search whose memories you were given: `transfer` from its answer; `score` 1 for passed, 0 for
           failed; `judged_by` verifier when tests, a compiler or the user said so, model when it is your own opinion.
        8. `used` are the ids of the memories that changed what you did. Ids that were handed to you and did not matter do not belong there;
           none is an honest answer. Where one misled you, say how with `failure`.
        """;
}

/// <summary>The prompt that tells an agent when to recall, when to remember, and how to say which memories it used.</summary>
internal sealed class UseMemoryPrompt : McpServerPrompt
{
    public override Prompt ProtocolPrompt { get; } = new()
    {
        Name = McpInstructions.PromptName,
        Title = "Work on a task with memory",
        Description = "When to recall, when to remember, and how to say which memories were used.",
        Arguments =
        [
            new PromptArgument { Name = "task", Description = "The task." },
            new PromptArgument { Name = "domain", Description = "Its domain, as in backend/go." },
        ],
    };

    public override IReadOnlyList<object> Metadata => [];

    public override ValueTask<GetPromptResult> GetAsync(
        RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken = default)
    {
        return ValueTask.FromResult(McpInstructions.Prompt(Argument("task"), Argument("domain")));

        string? Argument(string name)
        {
            if (request.Params?.Arguments is not { } given || !given.TryGetValue(name, out var value)) return null;
            return value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString() : null;
        }
    }
}
