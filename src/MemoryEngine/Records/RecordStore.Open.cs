using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>Opening: from a checkpoint whose every file is as it was written, or empty with the reason why.</summary>
internal sealed partial class RecordStore
{
    /// <param name="files">The disk.</param>
    /// <param name="directory">Belongs to the store alone; created where it is missing.</param>
    /// <param name="options">The budget.</param>
    /// <param name="checkpoint">Where to open; null for a new store.</param>
    /// <param name="rebuildReason">Why the checkpoint could not be used; null when it was, and when there was none.</param>
    /// <exception cref="MemoryEngineException">The directory cannot be written. What it holds is never the cause.</exception>
    public static RecordStore Open(
        IFileSystem files, string directory, RecordStoreOptions options, RecordCheckpoint? checkpoint, out string? rebuildReason)
    {
        rebuildReason = null;
        _ = MemoryPlan.For(options);
        if (checkpoint is not null && TryOpen(files, directory, options, checkpoint, out rebuildReason) is { } recovered) return recovered;
        if (!files.DirectoryExists(directory))
        {
            // What is synced in a directory whose own name is not may be gone as a whole.
            files.CreateDirectory(directory);
            files.SyncDirectory(Path.GetDirectoryName(directory)!);
        }
        foreach (var path in files.List(directory).Select(name => Path.Combine(directory, name)))
        {
            // A directory is not of the store's making and not in its way.
            if (!files.DirectoryExists(path)) files.Delete(path);
        }
        files.SyncDirectory(directory);
        return new RecordStore(files, directory, options);
    }

    /// <summary>Opens from a checkpoint; null when it cannot be used, and then what it needs is still there.</summary>
    public static RecordStore? TryOpen(
        IFileSystem files, string directory, RecordStoreOptions options, RecordCheckpoint checkpoint, out string? reason)
    {
        reason = "its directory is not there";
        return files.DirectoryExists(directory) ? TryRecover(files, directory, options, checkpoint, out reason) : null;
    }

    private static RecordStore? TryRecover(
        IFileSystem files, string directory, RecordStoreOptions options, RecordCheckpoint checkpoint, out string? reason)
    {
        // Another size of index would be allocated beside the budget: then the index is built anew from the log.
        var useIndex = checkpoint.IndexToken != Guid.Empty && checkpoint.IndexBuckets == MemoryPlan.For(options).IndexBuckets;
        var store = new RecordStore(files, directory, options);
        try
        {
            reason = store._checkpointFiles.WhyDamaged(checkpoint) ?? store._segments.WhyIncomplete(checkpoint.BeginAddress, checkpoint.TailAddress);
            if (reason is null)
            {
                store._checkpointFiles.DeleteAllBut(checkpoint.Files.Select(static f => f.Name));
                store._segments.Trim(checkpoint.BeginAddress, checkpoint.TailAddress);
                store.FinishTruncation(checkpoint);
                store.Recover(checkpoint, useIndex);
                reason = store.WhyNotRecovered(checkpoint);
            }
            if (reason is null) return store;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // FASTER says no in many ways. Each means the same here: derived data that cannot be used is made again.
            reason = store.DeviceFault?.Message ?? $"FASTER refused the checkpoint: {e.Message}";
        }
        store.Dispose();
        return null;
    }

    private void Recover(RecordCheckpoint checkpoint, bool useIndex)
    {
        // All reading is done in place on this thread, so there is nothing to wait for that might not come.
        _faster.Recover(useIndex ? checkpoint.IndexToken : Guid.Empty, checkpoint.LogToken);
        _checkpointFiles.Forget();
        _appliedSequence = checkpoint.AppliedSequence;
        _records = checkpoint.Records;
        (_begin, _sealedUntil, _liveBytes) = (checkpoint.BeginAddress, checkpoint.TailAddress, checkpoint.LiveBytes);
        Adopt(checkpoint, useIndex);
    }

    /// <summary>The checkpoint may be the one whose <see cref="Truncate"/> a crash cut short.</summary>
    private void FinishTruncation(RecordCheckpoint checkpoint)
    {
        _erasedUntil = checkpoint.BeginAddress & -LogBlock.Bytes;
        _segments.Erase(Math.Max(checkpoint.ErasedUntil, _erasedUntil & -LogSegments.SegmentBytes), _erasedUntil, again: true);
        _segments.Sync();
    }

    private string? WhyNotRecovered(RecordCheckpoint checkpoint)
    {
        if (DeviceFault is { } fault) return fault.Message;
        var (begin, tail) = (_faster.Log.BeginAddress, _faster.Log.TailAddress);
        if (begin != checkpoint.BeginAddress) return $"FASTER recovered the log from {begin} instead of {checkpoint.BeginAddress}";
        return tail == checkpoint.TailAddress ? null : $"FASTER recovered the log up to {tail} instead of {checkpoint.TailAddress}";
    }
}
