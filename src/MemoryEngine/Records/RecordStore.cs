using System.Runtime.CompilerServices;
using FASTER.core;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// The bodies of all records, in a FASTER hybrid log: mutable memory, read-only memory and disk, under one memory budget.
/// </summary>
/// <remarks>
/// What it guarantees: a read gives the bytes that were put, or says that there are none, or that they are damaged, and
/// never waits for the writer's device. It is derived data: after a crash it is as its last checkpoint was, and whoever
/// owns it applies again what came after <see cref="AppliedSequence"/>. It never fails to open because of what it finds.
/// One thread puts, removes, marks, compacts, truncates, takes and retires checkpoints (the applier); one thread at a time
/// ensures room, and none while a compaction begins or makes a step; any reads.
/// The rest of the class: RecordStore.Open.cs, .Read.cs, .Remove.cs, .Compact.cs, .Checkpoint.cs, .Truncate.cs.
/// </remarks>
internal sealed partial class RecordStore : IDisposable
{
    private readonly LogSegments _segments;
    private readonly CheckpointFiles _checkpointFiles;
    private readonly LogDevice _device;
    private readonly FasterKV<long, SpanByte> _faster;
    private readonly ClientSession<long, SpanByte, ReadSession?, byte, Empty, RecordFunctions> _applier;
    private readonly SessionPool _readers;
    private readonly LogRoom _room = new();
    private RecordFinder? _finder;
    private readonly byte[] _value = GC.AllocateUninitializedArray<byte>(StoredValue.MostBytes, pinned: true);
    private readonly long _indexBuckets;
    private long _appliedSequence;
    private long _records;
    private bool _disposed;

    private RecordStore(IFileSystem files, string directory, RecordStoreOptions options)
    {
        var plan = MemoryPlan.For(options);
        _indexBuckets = plan.IndexBuckets;
        _segments = new LogSegments(files, directory);
        _checkpointFiles = new CheckpointFiles(files, directory);
        _device = new LogDevice(_segments);
        _faster = new FasterKV<long, SpanByte>(
            plan.IndexBuckets,
            new LogSettings
            {
                LogDevice = _device,
                PageSizeBits = MemoryPlan.PageBits,
                MemorySizeBits = plan.LogMemoryBits,
                SegmentSizeBits = LogSegments.SegmentBits,
                // Half of the log's memory waits to be flushed, half is flushed and only read.
                MutableFraction = 0.5,
            },
            new CheckpointSettings { CheckpointManager = _checkpointFiles },
            // Values are never changed in place, so there is nothing to lock.
            concurrencyControlMode: ConcurrencyControlMode.None);
        _applier = _faster.For(RecordFunctions.Instance).NewSession<RecordFunctions>();
        _readers = new SessionPool(_faster);
    }

    /// <summary>Every event up to this sequence has been applied; 0 when the store is empty.</summary>
    public long AppliedSequence => Volatile.Read(ref _appliedSequence);

    /// <summary>
    /// The first failure of the device since opening. After a failed write nothing more is put or checkpointed, and what
    /// is not in memory reads as damaged; opening again starts from the last checkpoint.
    /// </summary>
    public Exception? DeviceFault => _device.WriteFault ?? _device.ReadFault;

    /// <summary>
    /// The part of <see cref="DeviceFault"/> after which nothing is put or checkpointed any more. A failed read alone is
    /// no reason to do without checkpoints.
    /// </summary>
    public Exception? WriteFault => _device.WriteFault;

    /// <summary>
    /// Reserves disk space for one more body of that many bytes, so that flushing it later cannot meet a full disk.
    /// The promise is used up by the <see cref="Put"/> of the body, or given back by <see cref="ReleaseRoom"/>.
    /// </summary>
    /// <exception cref="MemoryEngineException">The disk is full; everything is as it was.</exception>
    public void EnsureRoom(long bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var promised = _room.Promise(bytes);
        try
        {
            _segments.Reserve(LogRoom.EndAfter(_faster.Log.TailAddress, promised));
        }
        catch
        {
            _room.Release(bytes);
            throw;
        }
    }

    /// <summary>Gives back what <see cref="EnsureRoom"/> promised for a body that will not be put after all.</summary>
    public void ReleaseRoom(long bytes) => _room.Release(bytes);

    /// <summary>
    /// Stores a body. An event's bodies are put before <see cref="MarkApplied"/> marks its sequence; one that is applied
    /// already is skipped, so that replaying does no harm.
    /// </summary>
    public void Put(long recordId, long sequence, ReadOnlySpan<byte> body)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(recordId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordId, StoredValue.LargestRecordId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, StoredValue.MostBodyBytes, nameof(body));
        if (sequence <= _appliedSequence) return;
        ThrowIfWritesFailed();
        var chunks = StoredValue.ChunksOf(body.Length);
        // The first chunk last: who finds it finds the others.
        for (var chunk = chunks - 1; chunk >= 0; chunk--)
        {
            var offset = chunk * StoredValue.MostPayloadBytes;
            var payload = body.Slice(offset, Math.Min(StoredValue.MostPayloadBytes, body.Length - offset));
            var key = StoredValue.KeyOf(recordId, chunk);
            Upsert(key, StoredValue.Write(_value, key, body.Length, sequence, chunks, payload));
        }
        Volatile.Write(ref _records, _records + 1);
        Volatile.Write(ref _liveBytes, _liveBytes + StoredValue.LogBytes(body.Length));
        _room.Release(body.Length);
    }

    /// <summary>Says that all events up to a sequence are applied, those without a body too.</summary>
    public void MarkApplied(long sequence)
    {
        if (sequence > _appliedSequence) Volatile.Write(ref _appliedSequence, sequence);
    }

    public TierStats Stats()
    {
        var log = _faster.Log;
        // The lower one first: they only grow, so no difference is negative.
        var begin = BeginAddress;
        var head = Math.Max(begin, log.HeadAddress);
        var readOnly = Math.Max(head, log.ReadOnlyAddress);
        var tail = Math.Max(readOnly, log.TailAddress);
        var reads = _readers.Reads();
        return new TierStats(
            tail - readOnly, readOnly - head, head - begin,
            reads.Mutable, reads.ReadOnly, reads.Disk, _segments.StoredBytes, Volatile.Read(ref _records), DeadBytes);
    }

    /// <summary>
    /// Waits for reads and flushes that are under way. What is not in a checkpoint is applied again after the next
    /// opening.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _readers.Dispose();
        _applier.Dispose();
        _finder?.Dispose();
        _device.WaitUntilIdle();
        _faster.Dispose();
        _device.Dispose();
        _checkpointFiles.Dispose();
        _segments.Dispose();
    }

    /// <summary>Made when it is first asked, since a session must not be older than what FASTER recovers.</summary>
    private RecordFinder Finder => _finder ??= new RecordFinder(_faster, _segments);

    private unsafe void Upsert(long key, int length)
    {
        // The array is pinned for good, so its address holds.
        var value = SpanByte.FromPointer((byte*)Unsafe.AsPointer(ref _value[0]), length);
        _applier.Upsert(ref key, ref value);
    }

    private void ThrowIfWritesFailed()
    {
        if (_device.WriteFault is { } fault)
        {
            throw new MemoryEngineException(
                ErrorCode.Poisoned,
                $"The record store takes no more writes since its device failed: {fault.Message} " +
                "Nothing that was acknowledged is lost; open the pool again.",
                fault);
        }
    }
}
