namespace MemoryEngine.Records;

/// <summary>Removal. A removed body is not read any more at once; its bytes go with compaction and truncation.</summary>
internal sealed partial class RecordStore
{
    private long _liveBytes;

    /// <summary>
    /// About how many bytes of the log hold nothing that is read: what compaction would give back. Removed and replaced
    /// bodies, and what fills blocks.
    /// </summary>
    public long DeadBytes =>
        Math.Max(0, _faster.Log.TailAddress - BeginAddress - Volatile.Read(ref _liveBytes));

    /// <summary>
    /// Removes what was put under an id up to a sequence: it reads as missing from now on. Called by the applier. Removing
    /// twice is removing once, also when it was applied already, so that whoever owns the store may repeat a removal
    /// whenever in doubt. Takes the room that <see cref="EnsureRoom"/> promises for a body of no bytes.
    /// </summary>
    public void Remove(long recordId, long sequence)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(recordId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordId, StoredValue.LargestRecordId);
        ThrowIfWritesFailed();
        _room.Release(0);
        var found = Finder.Find(recordId, _begin);
        // What cannot be read is removed as well: nobody knows what it would read as once a disk is well again.
        if (found.Status == RecordStatus.Missing || found.Sequence > sequence) return;
        var key = StoredValue.KeyOf(recordId, 0);
        _applier.Delete(ref key);
        if (found.Status == RecordStatus.Found) Volatile.Write(ref _liveBytes, _liveBytes - StoredValue.LogBytes(found.BodyBytes));
    }
}
