using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>
/// Checkpoints: the whole log is flushed and synced, then the few files that describe it are. The hash index is written
/// only when the log has grown much since it last was; otherwise opening replays the log from there onto the older index,
/// or onto an empty one. So a small pool's checkpoint is some hundred bytes beside its log.
/// </summary>
internal sealed partial class RecordStore
{
    /// <summary>
    /// How much log an opening may have to replay. More than the index is large, or writing it would cost more than it
    /// saves.
    /// </summary>
    private const long LeastReplayedBytes = 32 << 20;

    /// <summary>A header and a value of 4 bytes, which makes a multiple of 8.</summary>
    private const int LeastRecordBytes = ColdReader.RecordHeaderBytes + 4;

    /// <summary>How many of the known checkpoints need a file.</summary>
    private readonly Dictionary<string, int> _fileUses = new(StringComparer.Ordinal);

    /// <summary>The newest index checkpoint and where the log was then.</summary>
    private Guid _indexToken;
    private long _indexIsFrom;
    private IReadOnlyList<CheckpointFile> _indexFiles = [];

    /// <summary>
    /// Makes everything applied so far durable, and returns what opens it again. Called by the applier. The files of
    /// earlier checkpoints stay until <see cref="Retire"/>.
    /// </summary>
    /// <exception cref="MemoryEngineException">The device failed or is full. Then there is no new checkpoint.</exception>
    public RecordCheckpoint TakeCheckpoint()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfWritesFailed();
        FillLastBlock();
        var tail = _faster.Log.TailAddress;
        var newIndex = Guid.Empty;
        if (_indexIsFrom <= _begin)
        {
            // Everything that index leads to has been moved since: the log from its beginning says it all.
            (_indexToken, _indexIsFrom, _indexFiles) = (Guid.Empty, _begin, []);
        }
        try
        {
            if (tail - _indexIsFrom > Math.Max(LeastReplayedBytes, 4 * _indexBuckets * 64))
            {
                Ensure(_faster.TryInitiateIndexCheckpoint(out newIndex));
                FinishCheckpoint();
            }
            Ensure(_faster.TryInitiateHybridLogCheckpoint(out var logToken, CheckpointType.FoldOver));
            FinishCheckpoint();
            ThrowIfWritesFailed();
            SyncLog();
            var written = _checkpointFiles.Complete(logToken, newIndex);
            if (newIndex != Guid.Empty)
            {
                _indexToken = newIndex;
                _indexIsFrom = tail;
                _indexFiles = [.. written.Skip(1)];
            }
            var checkpoint = new RecordCheckpoint
            {
                AppliedSequence = _appliedSequence,
                Records = _records,
                TailAddress = tail,
                IndexBuckets = _indexBuckets,
                LogToken = logToken,
                IndexToken = _indexToken,
                IndexAddress = _indexIsFrom,
                BeginAddress = _begin,
                ErasedUntil = _erasedUntil,
                LiveBytes = _liveBytes,
                Files = [written[0], .. _indexFiles],
            };
            // All of it is flushed, and ends with a block.
            Volatile.Write(ref _sealedUntil, tail);
            Use(checkpoint.Files);
            _checkpointFiles.Forget();
            return checkpoint;
        }
        catch
        {
            _checkpointFiles.Undo();
            throw;
        }
    }

    /// <summary>Deletes the files of an earlier checkpoint that no later one needs.</summary>
    public void Retire(RecordCheckpoint old)
    {
        var unused = new List<string>();
        foreach (var file in old.Files)
        {
            var uses = _fileUses.GetValueOrDefault(file.Name) - 1;
            if (uses > 0)
            {
                _fileUses[file.Name] = uses;
                continue;
            }
            _fileUses.Remove(file.Name);
            // The next checkpoint will build on the newest index.
            if (_indexFiles.All(f => f.Name != file.Name)) unused.Add(file.Name);
        }
        _checkpointFiles.Delete(unused);
    }

    private void Adopt(RecordCheckpoint checkpoint, bool useIndex)
    {
        Use(checkpoint.Files);
        if (!useIndex) return;
        _indexToken = checkpoint.IndexToken;
        _indexFiles = [.. checkpoint.Files.Skip(1)];
        _indexIsFrom = checkpoint.IndexAddress;
    }

    private void Use(IEnumerable<CheckpointFile> files)
    {
        foreach (var file in files) _fileUses[file.Name] = _fileUses.GetValueOrDefault(file.Name) + 1;
    }

    /// <summary>
    /// Brings the log's end to the end of a block, so that what a checkpoint has synced is never written again: a power
    /// cut could tear it then.
    /// </summary>
    private void FillLastBlock()
    {
        if (_faster.Log.TailAddress == _faster.Log.BeginAddress) return;
        // Once is enough, but for a gap of 8 or 16 bytes at the end of a page: what does not fit there begins the next.
        while (_faster.Log.TailAddress % LogBlock.Bytes is var used and not 0)
        {
            var gap = LogBlock.Bytes - (int)used;
            if (gap < LeastRecordBytes) gap += LogBlock.Bytes;
            _value.AsSpan(0, gap).Clear();
            Upsert(StoredValue.FillerKey, gap - ColdReader.RecordHeaderBytes);
        }
    }

    private void SyncLog()
    {
        try
        {
            _segments.Sync();
        }
        catch (MemoryEngineException e)
        {
            // What the device holds is unknown now, and a second sync would not tell.
            _device.KeepWriteFault(e);
            throw;
        }
    }

    private void FinishCheckpoint() => _faster.CompleteCheckpointAsync().AsTask().GetAwaiter().GetResult();

    private static void Ensure(bool started)
    {
        if (!started) throw new InvalidOperationException("A checkpoint is under way already: they are taken by one thread.");
    }
}
