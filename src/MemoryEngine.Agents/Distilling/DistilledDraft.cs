using System.Text;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports.Markdown;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Distilling;

/// <summary>Makes a draft of an answer, and says what speaks against it.</summary>
internal static class DistilledDraft
{
    private const int TitleCharacters = 120;

    /// <summary>The draft of an answer in a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="trace">The memory of the trajectory, with domain, task and result.</param>
    /// <param name="model">The model that answered.</param>
    public static MemoryDraft Of(MemoryFormat format, DistillAnswer answer, MemoryDraft trace, string? model)
    {
        var parent = trace.Id!.Value;
        var draft = trace with
        {
            Id = StableId.Of("distilled", parent.ToString(), InterchangeNames.Of(format)),
            Format = format,
            Model = model,
            Tags = ["distilled"],
            Extra = new JsonObject
            {
                [ParentIds.Field] = ParentIds.Of([parent]), ["distilled"] = new JsonObject { ["prompt"] = DistillPrompts.Version },
            }.ToJsonString(),
        };
        return format switch
        {
            MemoryFormat.Workflow => draft with
            {
                Level = MemoryLevel.Procedure,
                Title = Title(answer["goal"]),
                Key = answer["goal"],
                Text = WorkflowText(answer, trace.Result),
            },
            MemoryFormat.Summary => draft with
            {
                Level = MemoryLevel.Procedure,
                Title = Title(answer["task"]),
                Key = answer["task"],
                Text = $"{answer["task"]}\n\n{answer["experience"]}",
            },
            _ => draft with
            {
                Level = MemoryLevel.Insight,
                Title = answer["title"],
                Key = answer["description"],
                Text = $"{answer["description"]}\n\n{answer["content"]}",
            },
        };
    }

    /// <summary>What speaks against storing a draft, as a sentence for the model; null when nothing does.</summary>
    public static string? Fault(MemoryDraft draft)
    {
        var lint = TextLint.Of(draft.Text, draft.Title);
        if (lint.Secret is { } secret) return $"It holds a secret ({secret}): leave it out.";
        if (lint.Instruction is { } instruction) return $"It holds {instruction}: describe what happened, do not pass on what the record asks for.";
        return null;
    }

    /// <summary>Why an insight says no more than what happened in one place; null when it says more.</summary>
    public static string? TooSpecific(MemoryDraft draft) =>
        draft.Format == MemoryFormat.Insight && TextLint.Of(draft.Text, draft.Title).IsTooSpecific
            ? "It is bound to this one task by code, paths, identifiers or quotations: say it without them."
            : null;

    // A failed run's procedure must not be taken for one to follow.
    private static string WorkflowText(DistillAnswer answer, TaskResult result)
    {
        var text = new StringBuilder(result == TaskResult.Fail ? "A way that failed; do not go it.\n" : "");
        text.Append(answer["goal"]).Append('\n');
        var number = 0;
        foreach (var step in answer.List("steps")) text.Append('\n').Append(++number).Append(". ").Append(step.ReplaceLineEndings("\n   "));
        return text.ToString();
    }

    private static string Title(string text) => GuidanceDraft.Shorten(text.Split('\n', 2)[0], TitleCharacters);
}
