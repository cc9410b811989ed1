namespace MemoryEngine.Records;

/// <summary>
/// Compaction: what is live between the log's beginning and an address is put again at its end, and the log then begins
/// at that address. Nothing is lost on disk by it: the files stay until <see cref="Truncate"/>.
/// </summary>
/// <remarks>
/// FASTER's own compaction reads records through its device without checking them, so the store walks the log itself, in
/// verified blocks. A copy is the same value under the same key: whoever reads either reads the same body.
/// </remarks>
internal sealed partial class RecordStore
{
    private readonly List<PageRecord> _live = [];
    private long _begin = LogSegments.FirstAddress;
    private long _sealedUntil = LogSegments.FirstAddress;
    private string? _firstDamage;
    private int _damagedPlaces;

    /// <summary>Where the log begins. What lies below is in no body that is read.</summary>
    public long BeginAddress => Volatile.Read(ref _begin);

    /// <summary>The log up to here is flushed and can be compacted.</summary>
    public long CompactableUntil => Volatile.Read(ref _sealedUntil);

    /// <summary>
    /// What compaction has passed over since the store was opened, because it did not verify; null when nothing. What
    /// stood in such a place is missing or damaged from then on: the journal has it.
    /// </summary>
    public string? CompactionDamage => _firstDamage is null ? null : $"{_firstDamage} ({_damagedPlaces} places in all)";

    /// <summary>
    /// Flushes all that was put and removed so far and returns where it ends: compacted until there, the log holds
    /// nothing of what has been removed before this call. Called by the applier.
    /// </summary>
    /// <exception cref="MemoryEngineException">The device failed, or is full; then nothing has changed.</exception>
    public long BeginCompaction()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfWritesFailed();
        _segments.Reserve(LogRoom.EndAfter(_faster.Log.TailAddress, _room.Promised));
        FillLastBlock();
        _faster.Log.Flush(wait: true);
        ThrowIfWritesFailed();
        Volatile.Write(ref _sealedUntil, _faster.Log.TailAddress);
        return _sealedUntil;
    }

    /// <summary>
    /// Compacts up to the end of the segment in which the log begins, or up to an address when that comes first. Called
    /// by the applier, which may put and remove between steps. A step that fails can be done again.
    /// </summary>
    /// <param name="until">At most <see cref="CompactableUntil"/>; one below it counts from its page's beginning.</param>
    /// <returns>Whether the log begins there now.</returns>
    /// <exception cref="MemoryEngineException">The disk is full, or failed. No body is lost or changed.</exception>
    public bool CompactStep(long until)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(until, _sealedUntil);
        ThrowIfWritesFailed();
        // Records begin at the beginning of a page and where the log was sealed; elsewhere an address may be in the midst of one.
        if (until != _sealedUntil) until &= -MemoryPlan.PageBytes;
        var reached = _begin;
        var end = Math.Min(until, NextMultiple(reached, LogSegments.SegmentBytes));
        try
        {
            using var page = new LogPage();
            while (reached < end)
            {
                var pageEnd = Math.Min(end, NextMultiple(reached, MemoryPlan.PageBytes));
                page.Load(_segments, reached, pageEnd, damage => PassOver(damage, LogBlock.Bytes));
                MoveLive(page);
                ThrowIfWritesFailed();
                reached = pageEnd;
            }
        }
        finally
        {
            if (reached > _begin) BeginAt(reached);
        }
        return reached >= until;
    }

    private static long NextMultiple(long address, long size) => (address | (size - 1)) + 1;

    /// <summary>Puts what is live in a page again at the log's end.</summary>
    private void MoveLive(LogPage page)
    {
        _live.Clear();
        var bytes = 0L;
        var body = (RecordId: -1L, Found: default(FoundRecord));
        for (var at = 0; page.TryNext(ref at, out var record);)
        {
            if (!IsLive(page, record, ref body)) continue;
            _live.Add(record);
            bytes += ColdReader.RecordBytes(record.ValueBytes);
        }
        if (bytes == 0) return;
        _segments.Reserve(LogRoom.EndAfter(_faster.Log.TailAddress, _room.Promised + bytes));
        foreach (var record in _live)
        {
            page.ValueOf(record).CopyTo(_value);
            Upsert(record.Key, record.ValueBytes);
        }
    }

    /// <summary>
    /// Whether readers find this very value. A later chunk lives as long as the first one of its body, which is all that
    /// <see cref="Remove"/> takes away; <paramref name="body"/> keeps what was found for its neighbours.
    /// </summary>
    private bool IsLive(LogPage page, in PageRecord record, ref (long RecordId, FoundRecord Found) body)
    {
        if (record.Key < 0) return false;
        var (recordId, chunk) = (record.Key >> 16, record.Key & ushort.MaxValue);
        if (chunk > 0)
        {
            if (body.RecordId != recordId) body = (recordId, Finder.Find(recordId, _begin));
            _ = StoredValue.TryOpen(page.ValueOf(record), record.Key, out var value);
            if (body.Found.Status != RecordStatus.Found || body.Found.Sequence != value.Sequence || body.Found.BodyBytes != value.TotalBytes)
                return false;
        }
        try
        {
            return Finder.IsNewest(record.Key, page.Address + record.Start);
        }
        catch (MemoryEngineException e)
        {
            PassOver(e.Message, record.ValueBytes);
            return false;
        }
    }

    private void PassOver(string damage, int bytes)
    {
        Volatile.Write(ref _liveBytes, Math.Max(0, _liveBytes - bytes));
        _firstDamage ??= damage;
        _damagedPlaces++;
    }

    private void BeginAt(long address)
    {
        // Readers look here when they find nothing, so it moves first: see Gather.
        Volatile.Write(ref _begin, address);
        _faster.Log.ShiftBeginAddress(address);
    }
}
