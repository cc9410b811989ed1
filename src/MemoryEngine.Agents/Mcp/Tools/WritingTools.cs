using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

/// <summary>What add_memory and update_memory have in common: the content of a memory. Null leaves a field as it is.</summary>
internal abstract record MemoryFields
{
    [Description("Where it comes from, as a path of project or field and language or tool: backend/go, web/typescript. Short and stable.")]
    public string? Domain { get; init; }

    [Description("One line that says what it is about; searched.")]
    public string? Title { get; init; }

    [Description("The situation in which it should be found again, in the words of a task; searched. Without it the text is searched alone.")]
    public string? Key { get; init; }

    [Range(1, 4)]
    [Description("How abstract it is: 1 trace of one run, 2 procedure, 3 insight with when it applies, 4 strategy for any task. New ones have 3.")]
    public int? Level { get; init; }

    [AllowedValues("trajectory", "workflow", "summary", "insight")]
    [Description("Its shape: a run's record, steps to follow, what happened, or a lesson. New ones are insights.")]
    public string? Format { get; init; }

    [Description("The task it was learned on.")]
    public string? Task { get; init; }

    [AllowedValues("pass", "fail")]
    [Description("How that task ended.")]
    public string? Result { get; init; }

    [Description("What a task must have for it to apply, by name: language, os, tool, or a name with a version, as in {\"go\": \">=1.22\"}.")]
    public Dictionary<string, string>? Requires { get; init; }

    [Length(0, Limits.MaxTags)]
    [Description("Tags.")]
    public List<string>? Tags { get; init; }

    [Description("The model that produced it.")]
    public string? Model { get; init; }

    [Description("Whom it comes from; the client's name where nothing is said.")]
    public string? Contributor { get; init; }

    [Description("Where its text comes from: a file, an address.")]
    public string? Source { get; init; }

    [Description("When it stops being recalled.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal sealed record AddMemoryArguments : MemoryFields
{
    [Description("What is handed over when it is recalled: one lesson that stands by itself, with when it applies and why.")]
    public required string Text { get; init; }

    [Description("The same key with the same content adds nothing a second time, for a week. One is made where none is given.")]
    public string? IdempotencyKey { get; init; }
}

internal sealed record UpdateMemoryArguments : MemoryFields
{
    [Description("The memory.")]
    public required Guid Id { get; init; }

    [Description("The new text.")]
    public string? Text { get; init; }

    [Range(1, int.MaxValue)]
    [Description("The version you have read: if somebody has changed the memory since, nothing is changed and the answer says so.")]
    public int? Version { get; init; }

    [Description("True brings a deleted memory back before it is changed.")]
    public bool? Restore { get; init; }
}

internal sealed record WrittenMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("Its current version.")]
    public required int Version { get; init; }

    [AllowedValues("added", "revised", "unchanged", "restored")]
    [Description("What was done.")]
    public required string Outcome { get; init; }

    [Description("What is worth knowing about it, a sentence each.")]
    public required IReadOnlyList<string> Notes { get; init; }
}

internal sealed record DeleteMemoryArguments
{
    [Description("The memory.")]
    public required Guid Id { get; init; }
}

internal sealed record DeletedMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("False when it was deleted already.")]
    public required bool Deleted { get; init; }
}

/// <summary>The tools that change memories.</summary>
internal sealed class WritingTools(PoolSession session)
{
    /// <param name="arguments">The memory.</param>
    /// <param name="contributor">Whom it comes from where the arguments do not say.</param>
    /// <param name="cancellation">Cancels.</param>
    public Task<WrittenMemory> AddAsync(AddMemoryArguments arguments, string? contributor, CancellationToken cancellation)
    {
        var draft = Apply(new MemoryDraft { Text = arguments.Text, Contributor = contributor }, arguments) with
        {
            // A call that has to be made again, because the owner of the pool went, must not add a second memory.
            IdempotencyKey = arguments.IdempotencyKey ?? Guid.NewGuid().ToString(),
        };
        return session.UseAsync(
            Repeat.Safe, async (pool, c) => Written(await pool.Store.RememberAsync(draft, c).ConfigureAwait(false), draft), cancellation);
    }

    public Task<WrittenMemory> UpdateAsync(UpdateMemoryArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) =>
        {
            if (arguments.Restore == true) await pool.Store.RestoreAsync(arguments.Id, c).ConfigureAwait(false);
            var current = await pool.Store.GetAsync(arguments.Id, null, c).ConfigureAwait(false) ?? throw Unknown.Memory(arguments.Id);
            var draft = Changed(current, arguments);
            // The same content as now is no change, whichever version was read: so a call that is made again finds its work done.
            var expected = IsSame(draft, current) ? current.Version : arguments.Version ?? current.Version;
            return Written(await pool.Store.ReviseAsync(arguments.Id, draft, expected, c).ConfigureAwait(false), draft);
        },
        cancellation);

    public Task<DeletedMemory> DeleteAsync(DeleteMemoryArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) => new DeletedMemory
        {
            Id = arguments.Id,
            Deleted = await pool.Store.ForgetAsync(arguments.Id, c).ConfigureAwait(false),
        },
        cancellation);

    private static MemoryDraft Changed(MemoryVersion current, UpdateMemoryArguments arguments)
    {
        var before = JsonLines.ToDraft(current);
        var draft = Apply(before with { Text = arguments.Text ?? before.Text }, arguments);
        // Vectors that were given for another text do not stand for this one.
        var isSameText = (draft.Text, draft.Key, draft.Title) == (before.Text, before.Key, before.Title);
        return isSameText ? draft : draft with { Vectors = new Dictionary<string, ReadOnlyMemory<float>>() };
    }

    private static bool IsSame(MemoryDraft draft, MemoryVersion current) =>
        JsonLines.ContentId(draft) == JsonLines.ContentId(JsonLines.ToDraft(current));

    // An empty text takes a field away.
    private static MemoryDraft Apply(MemoryDraft draft, MemoryFields fields) => draft with
    {
        Domain = fields.Domain ?? draft.Domain,
        Title = Replaced(fields.Title, draft.Title),
        Key = Replaced(fields.Key, draft.Key),
        Level = (MemoryLevel?)fields.Level ?? draft.Level,
        Format = fields.Format is { } format ? InterchangeNames.FormatOf(format)!.Value : draft.Format,
        Task = Replaced(fields.Task, draft.Task),
        Result = fields.Result is { } result ? InterchangeNames.ResultOf(result)!.Value : draft.Result,
        Requires = fields.Requires ?? draft.Requires,
        Tags = fields.Tags ?? draft.Tags,
        Model = Replaced(fields.Model, draft.Model),
        Contributor = Replaced(fields.Contributor, draft.Contributor),
        Source = Replaced(fields.Source, draft.Source),
        ExpiresAt = fields.ExpiresAt ?? draft.ExpiresAt,
    };

    private static string? Replaced(string? given, string? before) => given is null ? before : given.Length == 0 ? null : given;

    private static WrittenMemory Written(RememberResult result, MemoryDraft draft)
    {
        var notes = new List<string>();
        if (result.Note is { } note) notes.Add(note);
        if (draft.Level >= MemoryLevel.Insight && MemoryStore.SuggestLevel(draft.Text) is var suggested && suggested < MemoryLevel.Insight)
        {
            notes.Add(
                $"It says of itself that it is level {(int)draft.Level}, and by its form it is level {(int)suggested}: it names much of the " +
                "place it comes from, so tasks of other domains will not be given it. Say what holds elsewhere, or lower the level.");
        }
        return new WrittenMemory
        {
            Id = result.Id,
            Version = result.Version,
            Outcome = result.Outcome.ToString().ToLowerInvariant(),
            Notes = notes,
        };
    }
}
