using System.ComponentModel;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record ListedMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("Its version.")]
    public required int Version { get; init; }

    [Description("Whether it can be recalled: active, or tombstoned when it was deleted.")]
    public required string State { get; init; }

    [Description("1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required int Level { get; init; }

    [Description("Its shape.")]
    public required string Format { get; init; }

    [Description("Where it comes from.")]
    public required string Domain { get; init; }

    [Description("Its title.")]
    public string? Title { get; init; }

    [Description("The beginning of its text.")]
    public required string Preview { get; init; }

    [Description("Characters of its text.")]
    public required int TextChars { get; init; }

    [Description("When this version was remembered.")]
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed record MemoryDetail : HandedOver
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("The version given.")]
    public required int Version { get; init; }

    [Description("Whether the memory can be recalled: active, or tombstoned when it was deleted.")]
    public required string State { get; init; }

    [Description("Whether this version is the one that is recalled.")]
    public required bool IsCurrent { get; init; }

    [Description("1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required int Level { get; init; }

    [Description("Its shape.")]
    public required string Format { get; init; }

    [Description("Where it comes from.")]
    public required string Domain { get; init; }

    [Description("The task it was learned on.")]
    public string? Task { get; init; }

    [Description("How that task ended.")]
    public string? Result { get; init; }

    [Description("Its title.")]
    public string? Title { get; init; }

    [Description("The situation in which it should be found.")]
    public string? Key { get; init; }

    [Description("What it says, from offset on.")]
    public required string Text { get; init; }

    [Description("Characters of the whole text.")]
    public required int TextChars { get; init; }

    [Description("Where the text goes on; absent when it ends.")]
    public int? NextOffset { get; init; }

    [Description("What a task must have for it to apply.")]
    public required IReadOnlyDictionary<string, string> Requires { get; init; }

    [Description("Its tags.")]
    public required IReadOnlyList<string> Tags { get; init; }

    [Description("The model that produced it.")]
    public string? Model { get; init; }

    [Description("Whom it comes from.")]
    public string? Contributor { get; init; }

    [Description("Where its text comes from.")]
    public string? Source { get; init; }

    [Description("The licence of its text.")]
    public string? License { get; init; }

    [Description("When this version was remembered.")]
    public required DateTimeOffset CreatedAt { get; init; }

    [Description("When it stops being recalled.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [Description("Its versions, oldest first; only when history is true.")]
    public IReadOnlyList<VersionOf>? Versions { get; init; }
}

internal sealed record VersionOf
{
    [Description("The version.")]
    public required int Version { get; init; }

    [Description("Whether it is the one that is recalled.")]
    public required bool IsCurrent { get; init; }

    [Description("When it was remembered.")]
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Memories as the reading tools show them.</summary>
internal static class MemoryViews
{
    private const int PreviewChars = 160;

    public static ListedMemory Listed(MemoryVersion memory) => new()
    {
        Id = memory.Id,
        Version = memory.Version,
        State = InterchangeNames.Of(memory.State),
        Level = (int)memory.Level,
        Format = InterchangeNames.Of(memory.Format),
        Domain = memory.Domain,
        Title = memory.Title,
        Preview = Cut(memory.Text, 0, PreviewChars),
        TextChars = memory.Text.Length,
        CreatedAt = memory.CreatedAt,
    };

    public static MemoryDetail Detail(MemoryVersion memory, IReadOnlyList<MemoryVersion>? versions, int offset, int maxChars)
    {
        var text = Cut(memory.Text, offset, maxChars);
        var end = Math.Min(offset, memory.Text.Length) + text.Length;
        return new MemoryDetail
        {
            Id = memory.Id,
            Version = memory.Version,
            State = InterchangeNames.Of(memory.State),
            IsCurrent = memory.IsCurrent,
            Level = (int)memory.Level,
            Format = InterchangeNames.Of(memory.Format),
            Domain = memory.Domain,
            Task = memory.Task,
            Result = InterchangeNames.Of(memory.Result),
            Title = memory.Title,
            Key = memory.Key,
            Text = text,
            TextChars = memory.Text.Length,
            NextOffset = end < memory.Text.Length ? end : null,
            Requires = memory.Requires,
            Tags = memory.Tags,
            Model = memory.Model,
            Contributor = memory.Contributor,
            Source = memory.Source,
            License = memory.License,
            CreatedAt = memory.CreatedAt,
            ExpiresAt = memory.ExpiresAt,
            Versions = versions?.Select(v => new VersionOf { Version = v.Version, IsCurrent = v.IsCurrent, CreatedAt = v.CreatedAt }).ToList(),
        };
    }

    /// <summary>A part of a text, never the half of a surrogate pair.</summary>
    public static string Cut(string text, int offset, int maxChars)
    {
        if (offset == 0 && text.Length <= maxChars) return text;
        var start = Math.Min(offset, text.Length);
        if (start > 0 && start < text.Length && char.IsLowSurrogate(text[start]) && char.IsHighSurrogate(text[start - 1])) start--;
        var end = Math.Min(start + maxChars, text.Length);
        if (end > start && end < text.Length && char.IsHighSurrogate(text[end - 1])) end--;
        return text[start..end];
    }
}
