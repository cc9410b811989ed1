using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What a compaction may give up beside what nobody can see.</summary>
public sealed record CompactRequest : WireRequest, IWireMap<CompactRequest>
{
    /// <summary>Superseded versions go when they have been superseded for longer than these microseconds; null keeps all.</summary>
    public long? KeepVersionsUs { get; init; }

    /// <summary>Options of the engine.</summary>
    public static CompactRequest Of(CompactOptions? options) =>
        new() { KeepVersionsUs = options?.KeepVersionsFor is { } keep ? WireTime.Of(keep) : null };

    /// <summary>The options for the engine.</summary>
    public CompactOptions ToOptions() => new() { KeepVersionsFor = KeepVersionsUs is { } keep ? WireTime.Span(keep) : null };

    /// <inheritdoc/>
    public static CompactRequest Read(ref MapReader map) =>
        new() { KeepVersionsUs = map.Int64("keep_versions_us", 0, WireNames.LastMicrosecond), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("keep_versions_us", KeepVersionsUs);
        WriteDeadline(ref map);
    }
}

/// <summary>What a compaction did.</summary>
public sealed record CompactReply : IWireMap<CompactReply>
{
    /// <summary>Bytes of the journal before it.</summary>
    public required long JournalBytesBefore { get; init; }

    /// <summary>Bytes of the journal after it.</summary>
    public required long JournalBytes { get; init; }

    /// <summary>Bytes of the record log on disk before it.</summary>
    public required long RecordBytesBefore { get; init; }

    /// <summary>Bytes of the record log on disk after it.</summary>
    public required long RecordBytes { get; init; }

    /// <summary>Versions that went.</summary>
    public required long VersionsDropped { get; init; }

    /// <summary>Events that left the journal.</summary>
    public required long EventsDropped { get; init; }

    /// <summary>What was cleaned up; null for a compaction alone.</summary>
    public CleanupView? Cleanup { get; init; }

    /// <summary>A result of the engine.</summary>
    public static CompactReply Of(CompactResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new()
        {
            JournalBytesBefore = result.JournalBytesBefore,
            JournalBytes = result.JournalBytes,
            RecordBytesBefore = result.RecordBytesBefore,
            RecordBytes = result.RecordBytes,
            VersionsDropped = result.VersionsDropped,
            EventsDropped = result.EventsDropped,
            Cleanup = result.Cleanup is { } cleanup ? CleanupView.Of(cleanup) : null,
        };
    }

    /// <summary>The result as the engine gives it.</summary>
    public CompactResult ToResult() =>
        new(JournalBytesBefore, JournalBytes, RecordBytesBefore, RecordBytes, VersionsDropped, EventsDropped) { Cleanup = Cleanup?.ToReport() };

    /// <inheritdoc/>
    public static CompactReply Read(ref MapReader map) => new()
    {
        JournalBytesBefore = map.NeedInt64("journal_bytes_before", 0),
        JournalBytes = map.NeedInt64("journal_bytes", 0),
        RecordBytesBefore = map.NeedInt64("record_bytes_before", 0),
        RecordBytes = map.NeedInt64("record_bytes", 0),
        VersionsDropped = map.NeedInt64("versions_dropped", 0),
        EventsDropped = map.NeedInt64("events_dropped", 0),
        Cleanup = map.Map<CleanupView>("cleanup"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("journal_bytes_before", JournalBytesBefore);
        map.Int64("journal_bytes", JournalBytes);
        map.Int64("record_bytes_before", RecordBytesBefore);
        map.Int64("record_bytes", RecordBytes);
        map.Int64("versions_dropped", VersionsDropped);
        map.Int64("events_dropped", EventsDropped);
        map.Map("cleanup", Cleanup);
    }
}

/// <summary>Where to make a backup.</summary>
public sealed record BackupRequest : WireRequest, IWireMap<BackupRequest>
{
    /// <summary>A new or empty directory, as the server's machine names it.</summary>
    public required string Path { get; init; }

    /// <inheritdoc/>
    public static BackupRequest Read(ref MapReader map) => new() { Path = map.NeedText("path"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("path", Path);
        WriteDeadline(ref map);
    }
}

/// <summary>What a backup holds.</summary>
public sealed record BackupReply : IWireMap<BackupReply>
{
    /// <summary>Its directory: a pool of its own.</summary>
    public required string Path { get; init; }

    /// <summary>The number of the newest event in it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Active memories in it.</summary>
    public required long Memories { get; init; }

    /// <summary>Bytes written.</summary>
    public required long Bytes { get; init; }

    /// <summary>A result of the engine.</summary>
    public static BackupReply Of(BackupInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new() { Path = info.Path, Sequence = info.Sequence, Memories = info.Memories, Bytes = info.Bytes };
    }

    /// <summary>The result as the engine gives it.</summary>
    public BackupInfo ToInfo() => new(Path, Sequence, Memories, Bytes);

    /// <inheritdoc/>
    public static BackupReply Read(ref MapReader map) => new()
    {
        Path = map.NeedText("path"),
        Sequence = map.NeedInt64("sequence", 0),
        Memories = map.NeedInt64("memories", 0),
        Bytes = map.NeedInt64("bytes", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("path", Path);
        map.Int64("sequence", Sequence);
        map.Int64("memories", Memories);
        map.Int64("bytes", Bytes);
    }
}
