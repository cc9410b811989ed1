using System.Collections.Concurrent;
using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>
/// What FASTER takes for its disk. Three promises keep it from hanging or misreading, since it ignores read errors and
/// waits for ever for a failed flush:
/// every flush is answered as done, and one that failed is kept as <see cref="WriteFault"/>, after which the store takes
/// no more writes; a read for a record is never done here: the place is handed to the asking <see cref="ReadSession"/>,
/// which reads and verifies it itself; a read of a whole page, which only recovery does, is verified or refused.
/// </summary>
/// <remarks>
/// The sector is 8 bytes because records begin at multiples of 8: FASTER then names the exact place. Flushes are widened
/// to whole blocks, which always lie within the page's memory.
/// </remarks>
internal sealed unsafe class LogDevice : StorageDeviceBase, IThreadPoolWorkItem
{
    /// <summary>Record header, key and length: what FASTER asks for first.</summary>
    public const int RecordPrefixBytes = 20;

    private const int BlocksAtOnce = 64;
    private const uint Failed = 5;

    /// <summary>The session that is asking FASTER for a record on this thread.</summary>
    [ThreadStatic]
    private static ReadSession? _asking;

    private readonly LogSegments _segments;
    private readonly ConcurrentQueue<Flush> _flushes = new();
    private readonly byte[] _buffer = new byte[BlocksAtOnce * LogBlock.StoredBytes];
    private readonly Lock _idleLock = new();
    private readonly ManualResetEventSlim _idle = new(true);
    private int _queued;
    private Exception? _writeFault;
    private Exception? _readFault;

    public LogDevice(LogSegments segments)
        : base("log", 8, -1) => _segments = segments;

    public Exception? WriteFault => Volatile.Read(ref _writeFault);

    public Exception? ReadFault => Volatile.Read(ref _readFault);

    public static ReadSession? Asking
    {
        set => _asking = value;
    }

    public void KeepReadFault(Exception e) => Interlocked.CompareExchange(ref _readFault, e, null);

    public void KeepWriteFault(Exception e) => Interlocked.CompareExchange(ref _writeFault, e, null);

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        // Whichever thread moves FASTER's epoch on asks for the flush, and that may be a reader, who must not wait for it.
        _flushes.Enqueue(new Flush(
            sourceAddress, ((long)segmentId << LogSegments.SegmentBits) + (long)destinationAddress, (int)numBytesToWrite, callback, context));
        lock (_idleLock)
        {
            if (_queued++ > 0) return;
            _idle.Reset();
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        var address = ((long)segmentId << LogSegments.SegmentBits) + (long)sourceAddress;
        var destination = new Span<byte>((void*)destinationAddress, (int)readLength);
        if (_asking is { } session)
        {
            session.DiskAddress = address;
            // A record of a key that nobody asks for, with nothing before it, ends FASTER's search.
            destination.Clear();
            destination.Slice(sizeof(long), sizeof(long)).Fill(0xFF);
            callback(0, readLength, context);
            return;
        }
        uint error = 0;
        try
        {
            _segments.Read(address, destination);
        }
        catch (MemoryEngineException e)
        {
            KeepReadFault(e);
            destination.Clear();
            error = Failed;
        }
        callback(error, readLength, context);
    }

    /// <summary>Writes what is queued, in order, one at a time, on the thread pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            if (_flushes.TryDequeue(out var flush)) Write(flush);
            lock (_idleLock)
            {
                if (--_queued > 0) continue;
                _idle.Set();
                return;
            }
        }
    }

    public void WaitUntilIdle() => _idle.Wait();

    // FASTER truncates the log as soon as a checkpoint is complete in its eyes. The files are still needed until the
    // manifest that names the checkpoint is durable: the store itself gives them back then.
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void TruncateUntilAddress(long toAddress)
    {
    }

    public override void TruncateUntilAddressAsync(long toAddress, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void Dispose()
    {
        WaitUntilIdle();
        _idle.Dispose();
    }

    private void Write(Flush flush)
    {
        try
        {
            if (WriteFault is null)
            {
                var before = (int)(flush.Address % LogBlock.Bytes);
                var length = (before + flush.Length + LogBlock.Bytes - 1) & -LogBlock.Bytes;
                _segments.Write(flush.Address - before, new ReadOnlySpan<byte>((byte*)flush.Source - before, length), _buffer);
            }
        }
        catch (Exception e)
        {
            KeepWriteFault(e);
        }
        try
        {
            flush.Callback(0, (uint)flush.Length, flush.Context);
        }
        catch (Exception e)
        {
            KeepWriteFault(e);
        }
    }

    private readonly record struct Flush(IntPtr Source, long Address, int Length, DeviceIOCompletionCallback Callback, object Context);
}
