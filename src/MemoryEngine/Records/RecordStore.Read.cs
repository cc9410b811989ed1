namespace MemoryEngine.Records;

/// <summary>
/// Reading: from memory, and from files that the system has in memory, on the caller's thread without waiting; from disk on the thread pool.
/// What comes from a file is verified before a byte of it is handed out.
/// </summary>
internal sealed partial class RecordStore
{
    // A body that is put again while it is read can change between two chunks; it is put again at replay only. A step
    // of compaction takes as long as many reads.
    private const int Attempts = 64;

    /// <summary>
    /// False when the answer may need the disk: then <see cref="ReadAsync"/> has it. Allocates nothing and waits for
    /// nothing.
    /// </summary>
    public bool TryRead(long recordId, out RecordBody body) => TryRead(recordId, mayWait: false, CancellationToken.None, out body);

    public ValueTask<RecordBody> ReadAsync(long recordId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return TryRead(recordId, out var body) ? ValueTask.FromResult(body) : ReadFromDiskAsync(recordId, cancellation);
    }

    private async ValueTask<RecordBody> ReadFromDiskAsync(long recordId, CancellationToken cancellation)
    {
        // The caller's thread must not wait for the disk.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _ = TryRead(recordId, mayWait: true, cancellation, out var body);
        return body;
    }

    private bool TryRead(long recordId, bool mayWait, CancellationToken cancellation, out RecordBody body)
    {
        body = RecordBody.Missing;
        if (recordId is < 0 or > StoredValue.LargestRecordId) return true;
        var session = _readers.Rent();
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var result = Gather(session, recordId, mayWait, cancellation, out body);
                if (result is { } answered) return answered;
                Thread.Yield();
            }
            body = RecordBody.Damaged($"Record {recordId} changed whenever it was read.");
            return true;
        }
        finally
        {
            _readers.Return(session);
        }
    }

    /// <summary>True: the body is the answer. False: the disk has it and was not to be waited for. Null: try again.</summary>
    private bool? Gather(ReadSession session, long recordId, bool mayWait, CancellationToken cancellation, out RecordBody body)
    {
        body = RecordBody.Missing;
        var begin = BeginAddress;
        var builder = session.Builder;
        builder.Begin();
        for (var chunk = 0; chunk < builder.Chunks; chunk++)
        {
            var key = StoredValue.KeyOf(recordId, chunk);
            session.LookUp(key);
            string? damage = null;
            if (session.DiskAddress != 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!TryReadChunkFromDisk(session, key, begin, mayWait, out damage)) return false;
            }
            if (damage is null && builder.Last == TakeResult.Taken) continue;
            // A compaction moved the log's beginning meanwhile: what was sought may lie elsewhere now, and its old place
            // be given back. All of it was moved before the beginning was, so the next look-up finds it.
            if (BeginAddress != begin) return null;
            if (damage is not null)
            {
                body = RecordBody.Damaged($"Chunk {chunk} of record {recordId}: {damage}");
                return true;
            }
            switch (builder.Last)
            {
                case TakeResult.OtherBody:
                    return null;
                case TakeResult.Nothing when chunk == 0 && (session.DiskAddress == 0 || _device.WriteFault is null):
                    return true;
                case TakeResult.Nothing:
                    body = RecordBody.Damaged($"Chunk {chunk} of record {recordId} is not stored.");
                    return true;
                default:
                    body = RecordBody.Damaged($"Chunk {chunk} of record {recordId} has a wrong checksum.");
                    return true;
            }
        }
        body = builder.Finish();
        return true;
    }

    /// <returns>False: the device would have to be waited for, and may not be.</returns>
    private bool TryReadChunkFromDisk(ReadSession session, long key, long begin, bool mayWait, out string? damage)
    {
        try
        {
            if (!ColdReader.TryRead(_segments, session.DiskAddress, key, begin, session.Builder, mayWait, out damage)) return false;
        }
        catch (MemoryEngineException e)
        {
            if (BeginAddress == begin) _device.KeepReadFault(e);
            damage = e.Message;
        }
        session.DiskReads++;
        return true;
    }
}
