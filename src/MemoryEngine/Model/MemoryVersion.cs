namespace MemoryEngine;

/// <summary>One version of one memory. Immutable.</summary>
public sealed class MemoryVersion
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The record that holds this version: dense within the pool, never reused.</summary>
    public required long RecordId { get; init; }

    /// <summary>Whether this version can be recalled: the newest version of a memory that is not forgotten.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>The memory's state.</summary>
    public required MemoryState State { get; init; }

    /// <summary>When this version was remembered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="MemoryDraft.Text"/>
    public required string Text { get; init; }

    /// <inheritdoc cref="MemoryDraft.Level"/>
    public required MemoryLevel Level { get; init; }

    /// <inheritdoc cref="MemoryDraft.Format"/>
    public required MemoryFormat Format { get; init; }

    /// <inheritdoc cref="MemoryDraft.Domain"/>
    public required string Domain { get; init; }

    /// <inheritdoc cref="MemoryDraft.Task"/>
    public string? Task { get; init; }

    /// <inheritdoc cref="MemoryDraft.Title"/>
    public string? Title { get; init; }

    /// <inheritdoc cref="MemoryDraft.Key"/>
    public string? Key { get; init; }

    /// <inheritdoc cref="MemoryDraft.Model"/>
    public string? Model { get; init; }

    /// <inheritdoc cref="MemoryDraft.Contributor"/>
    public string? Contributor { get; init; }

    /// <inheritdoc cref="MemoryDraft.Source"/>
    public string? Source { get; init; }

    /// <inheritdoc cref="MemoryDraft.License"/>
    public string? License { get; init; }

    /// <inheritdoc cref="MemoryDraft.Result"/>
    public TaskResult Result { get; init; }

    /// <inheritdoc cref="MemoryDraft.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc cref="MemoryDraft.Requires"/>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = MemoryDraft.EmptyRequires;

    /// <summary>Its tags, in ordinal order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// The vectors it was given, by space; empty in what a recall hands over, since the reader of a memory reads its text.
    /// What an embedder made is not listed.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors { get; init; } = MemoryDraft.EmptyVectors;

    /// <inheritdoc cref="MemoryDraft.Extra"/>
    public string? Extra { get; init; }
}
