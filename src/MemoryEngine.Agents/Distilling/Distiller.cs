using System.Security.Cryptography;
using MemoryEngine.Agents.Imports;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Agents.Trajectories;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Distilling;

/// <summary>
/// Makes memories of a trajectory, in the paper's four formats: the trajectory itself, and by a model a workflow, a summary and an
/// insight. An answer that cannot be used is sent back once, with its fault; a second one is refused. What holds a secret, commands its
/// reader, or says nearly what the pool holds already is not stored. Without a model there are the trajectory and the commands that
/// worked, labelled as an extract. Every memory names the trajectory as its parent. Distilling the same run again revises what was made
/// of it. Thread-safe, as far as the chat client is.
/// </summary>
/// <param name="store">The pool.</param>
/// <param name="chat">Any client of a language model, such as one over HTTP or MCP sampling; null does without.</param>
public sealed class Distiller(IMemoryStore store, IChatClient? chat = null)
{
    private const int ShownAnswerCharacters = 8_000;

    /// <summary>Makes memories of a run. Nothing is stored before the model has answered for all formats.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="options">What is known of it, and what is wanted; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">The run has no step, a format is none that a model is asked for, or a field is over its limit.</exception>
    public async Task<DistillReport> DistillAsync(
        Trajectory trajectory, DistillOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        options ??= new DistillOptions();
        if (trajectory.Steps.Count == 0)
            throw new ArgumentException("The trajectory holds no step; there is nothing to learn from it.", nameof(trajectory));
        foreach (var format in options.Formats) _ = AnswerShape.Of(format);
        trajectory = trajectory with { Task = options.Task ?? trajectory.Task, Result = options.Result ?? trajectory.Result };
        var trace = await TraceAsync(trajectory, options, cancellationToken).ConfigureAwait(false);
        var made = new List<Made>();
        var refused = new List<RefusedAnswer>();
        var model = chat?.GetService<ChatClientMetadata>()?.DefaultModelId;
        foreach (var format in chat is null ? [] : options.Formats)
        {
            var answer = await AskAsync(format, trajectory, trace, options, cancellationToken).ConfigureAwait(false);
            model = answer.Model ?? model;
            if (answer.Made is { } one) made.Add(one);
            else refused.Add(new RefusedAnswer(format, answer.Fault!));
        }
        // What a model did not make of the commands, their record still says.
        if (chat is null || refused.Any(r => r.Format == MemoryFormat.Workflow))
        {
            if (await ExtractAsync(trajectory, trace, options, cancellationToken).ConfigureAwait(false) is { } extract)
                made.Add(new Made(extract, false, "Taken from the record without a model."));
        }
        return await StoreAsync(trace, made, refused, model, cancellationToken).ConfigureAwait(false);
    }

    private async Task<MemoryDraft> TraceAsync(Trajectory trajectory, DistillOptions options, CancellationToken cancellation)
    {
        var draft = Complete(TranscriptParser.Trace(trajectory), options);
        var id = trajectory.Id is { } session
            ? TranscriptParser.MemoryIds(session).Trace
            : StableId.Of("trajectory", options.Domain, draft.Text);
        return await KeepingAsync(draft with { Id = id }, cancellation).ConfigureAwait(false);
    }

    private async Task<MemoryDraft?> ExtractAsync(Trajectory trajectory, MemoryDraft trace, DistillOptions options, CancellationToken cancellation)
    {
        if (TranscriptParser.Procedure(trajectory, trace.Id!.Value) is not { } draft) return null;
        var id = trajectory.Id is { } session ? TranscriptParser.MemoryIds(session).Procedure : StableId.Of("extract", trace.Id.Value.ToString());
        return await KeepingAsync(Complete(draft, options) with { Id = id }, cancellation).ConfigureAwait(false);
    }

    // One that was imported keeps what importing knows of it.
    private async Task<MemoryDraft> KeepingAsync(MemoryDraft draft, CancellationToken cancellation) =>
        await store.GetAsync(draft.Id!.Value, null, cancellation).ConfigureAwait(false) is not { } known ? draft : draft with
        {
            Extra = known.Extra,
            Tags = known.Tags,
            Source = draft.Source ?? known.Source,
            Contributor = draft.Contributor ?? known.Contributor,
        };

    private static MemoryDraft Complete(MemoryDraft draft, DistillOptions options) => draft with
    {
        Domain = options.Domain, Contributor = options.Contributor, Source = options.Source, Requires = options.Requires,
    };

    private async Task<Answered> AskAsync(
        MemoryFormat format, Trajectory trajectory, MemoryDraft trace, DistillOptions options, CancellationToken cancellation)
    {
        var token = $"record-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        var task = SecretLines.LeaveOut(trajectory.Task ?? "Not stated; see the record.");
        var record = TrajectoryText.Of(trajectory, options.PromptCharacters);
        List<ChatMessage> messages =
        [
            new(ChatRole.System, DistillPrompts.System),
            new(ChatRole.User, DistillPrompts.Of(format, trajectory.Result, TrajectoryText.Cut(task, options.PromptCharacters / 4), record, token)),
        ];
        string? fault = null;
        var model = chat!.GetService<ChatClientMetadata>()?.DefaultModelId;
        MemoryDraft? specific = null;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var response = await chat!.GetResponseAsync(messages, null, cancellation).ConfigureAwait(false);
            model = response.ModelId ?? model;
            try
            {
                var answer = DistillAnswer.Read(format, response.Text, response.FinishReason == ChatFinishReason.Length);
                var draft = DistilledDraft.Of(format, answer, trace, model);
                fault = DistilledDraft.Fault(draft);
                if (fault is null)
                {
                    fault = DistilledDraft.TooSpecific(draft);
                    if (fault is null) return new Answered(new Made(draft, attempt > 0, null), null, model);
                    specific = draft;
                }
            }
            catch (AnswerFault e)
            {
                fault = e.Message;
            }
            messages.Add(new ChatMessage(ChatRole.Assistant, TrajectoryText.Cut(response.Text, ShownAnswerCharacters)));
            messages.Add(new ChatMessage(ChatRole.User, DistillPrompts.Repair(format, fault)));
        }
        // It is worth something, but not what an insight promises to a foreign domain.
        return specific is null ? new Answered(null, fault, model) : new Answered(
            new Made(specific with { Level = MemoryLevel.Procedure }, true, "Too bound to its task for an insight, so stored as a procedure."),
            null, model);
    }

    private async Task<DistillReport> StoreAsync(
        MemoryDraft trace, List<Made> made, List<RefusedAnswer> refused, string? model, CancellationToken cancellation)
    {
        var (memories, duplicates) = (new List<DistilledMemory>(), new List<NearDuplicate>());
        var same = await DuplicateSearch.FindAsync(store, made.ConvertAll(m => m.Draft), cancellation).ConfigureAwait(false);
        var drafts = new List<Made> { new(trace, false, null) };
        for (var i = 0; i < made.Count; i++)
        {
            if (same[i] is { } duplicate) duplicates.Add(duplicate);
            else drafts.Add(made[i]);
        }
        var results = await store.RememberManyAsync(drafts.ConvertAll(d => d.Draft), cancellation).ConfigureAwait(false);
        for (var i = 0; i < results.Count; i++)
        {
            var (draft, isRepaired, note) = drafts[i];
            memories.Add(new DistilledMemory(results[i].Id, draft.Format, draft.Level, draft.Title, results[i].Outcome)
            {
                IsRepaired = isRepaired, Note = note ?? results[i].Note,
            });
        }
        return new DistillReport
        {
            Trajectory = trace.Id!.Value, Memories = memories, Refused = refused, Duplicates = duplicates, Model = model,
        };
    }

    private sealed record Made(MemoryDraft Draft, bool IsRepaired, string? Note);

    private sealed record Answered(Made? Made, string? Fault, string? Model);
}
