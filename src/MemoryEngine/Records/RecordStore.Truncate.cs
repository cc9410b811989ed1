namespace MemoryEngine.Records;

/// <summary>
/// Truncation: once a checkpoint is durable that does without it, the log below that checkpoint's beginning leaves the
/// disk. Afterwards what was removed before the compaction is in no file of the directory.
/// </summary>
internal sealed partial class RecordStore
{
    /// <summary>Blocks below this address, and above the first whole segment that is stored, are zeros on the device.</summary>
    private long _erasedUntil;

    /// <summary>
    /// Gives up all checkpoints but one, and what lies below its beginning. Called by the applier after the manifest that
    /// names the checkpoint is durable. Cheap when there is nothing to do; after a failure it can be called again.
    /// </summary>
    /// <exception cref="MemoryEngineException">
    /// Something could not be deleted or overwritten. What is read is whole; what was to go may still be on disk.
    /// </exception>
    public void Truncate(RecordCheckpoint durable)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(durable.BeginAddress, _begin, nameof(durable));
        ThrowIfWritesFailed();
        var until = durable.BeginAddress & -LogBlock.Bytes;
        if (until <= _erasedUntil) return;
        // What an older checkpoint would read is about to go. Without its files it is refused, and the log made again.
        _checkpointFiles.DeleteAllBut(durable.Files.Concat(_indexFiles).Select(static f => f.Name));
        _fileUses.Clear();
        Use(durable.Files);
        _segments.DeleteBelow(until);
        _segments.Erase(Math.Max(_erasedUntil, until & -LogSegments.SegmentBytes), until, again: false);
        SyncLog();
        _erasedUntil = until;
    }
}
