using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>What stands under a record's id now.</summary>
/// <param name="Status">Damaged when there is something that cannot be read.</param>
/// <param name="Sequence">The sequence that wrote it.</param>
/// <param name="BodyBytes">The length of the body.</param>
internal readonly record struct FoundRecord(RecordStatus Status, long Sequence, int BodyBytes);

/// <summary>
/// What the applier asks the log before it removes or moves something. The answer holds until the applier itself changes
/// the log, so nothing has to be asked twice for a reader's sake.
/// </summary>
internal sealed class RecordFinder(FasterKV<long, SpanByte> store, LogSegments segments) : IDisposable
{
    private readonly ReadSession _session = new(store);

    /// <summary>Finds the first chunk of a record: without it no reader finds the others.</summary>
    public FoundRecord Find(long recordId, long begin)
    {
        var key = StoredValue.KeyOf(recordId, 0);
        var builder = _session.Builder;
        builder.Begin();
        try
        {
            _session.LookUp(key);
            if (_session.DiskAddress != 0 && Twice(() => ColdReader.Read(segments, _session.DiskAddress, key, begin, builder)) is not null)
                return new FoundRecord(RecordStatus.Damaged, 0, 0);
            return builder.Last switch
            {
                TakeResult.Taken => new FoundRecord(RecordStatus.Found, builder.Sequence, builder.TotalBytes),
                TakeResult.Nothing => new FoundRecord(RecordStatus.Missing, 0, 0),
                _ => new FoundRecord(RecordStatus.Damaged, 0, 0),
            };
        }
        catch (MemoryEngineException)
        {
            return new FoundRecord(RecordStatus.Damaged, 0, 0);
        }
        finally
        {
            builder.Abandon();
        }
    }

    /// <summary>Whether the record at an address is what readers of its key find.</summary>
    /// <exception cref="MemoryEngineException">What leads to the record is damaged: no reader finds it either.</exception>
    public bool IsNewest(long key, long address)
    {
        _session.Locate(key);
        if (_session.DiskAddress == 0) return _session.MemoryAddress == address;
        if (_session.DiskAddress <= address) return _session.DiskAddress == address;
        return Twice(() => ColdReader.IsNewest(segments, _session.DiskAddress, key, address));
    }

    public void Dispose() => _session.Dispose();

    /// <summary>A device that fails once is not worth a body.</summary>
    private static T Twice<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MemoryEngineException e) when (e is not CorruptionException)
        {
            return read();
        }
    }
}
