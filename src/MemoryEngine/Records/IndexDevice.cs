using FASTER.core;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// The file of one index checkpoint, as FASTER's device. Writes go to the thread pool and are always answered; a failure
/// is kept in <see cref="Fault"/>, for FASTER would ignore it. Reads are done in place: recovery alone reads.
/// </summary>
internal sealed unsafe class IndexDevice(IFileSystem files, string file) : StorageDeviceBase("index", 8, -1)
{
    private const uint Failed = 5;

    private readonly Lock _lock = new();
    private IFile? _file;
    private Exception? _fault;

    public Exception? Fault => Volatile.Read(ref _fault);

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Try(() => Open(FileOpening.OpenOrCreate).Write(
                    (long)destinationAddress, new ReadOnlySpan<byte>((void*)sourceAddress, (int)numBytesToWrite)));
                callback(0, numBytesToWrite, context);
            },
            null);

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        var ok = Try(() =>
        {
            var destination = new Span<byte>((void*)destinationAddress, (int)readLength);
            var read = Open(FileOpening.Read).Read((long)sourceAddress, destination);
            // The last piece is asked for in whole sectors and may end earlier in the file.
            destination[read..].Clear();
        });
        callback(ok ? 0 : Failed, readLength, context);
    }

    public void Complete()
    {
        Try(() => Open(FileOpening.OpenOrCreate).Sync());
        Close();
    }

    public void Close()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    /// <summary>FASTER disposes of the device before the file is synced, so that <see cref="Close"/> closes it.</summary>
    public override void Dispose()
    {
    }

    private IFile Open(FileOpening opening)
    {
        lock (_lock) return _file ??= files.Open(file, opening);
    }

    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
            return false;
        }
    }
}
