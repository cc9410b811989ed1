using System.Runtime.InteropServices;

namespace MemoryEngine.Segments;

/// <summary>
/// Tells when nobody reads any more what was there before: readers count themselves in and out of an epoch, and whoever took
/// something away begins the next one and waits until the one before is empty. Readers never wait.
/// </summary>
internal sealed class ReaderEpochs
{
    private readonly Lock _waiting = new();
    private long _epoch;
    private Counter _even;
    private Counter _odd;

    /// <summary>Whether anybody reads at this moment.</summary>
    public bool IsAnyoneReading => Volatile.Read(ref _even.Value) > 0 || Volatile.Read(ref _odd.Value) > 0;

    /// <summary>Counts a reader in; what it is given it gives to <see cref="Exit"/>. It takes what it reads after this.</summary>
    public long Enter()
    {
        while (true)
        {
            var epoch = Volatile.Read(ref _epoch);
            Interlocked.Increment(ref Of(epoch));
            // Otherwise another epoch may have begun and been waited for without it.
            if (Volatile.Read(ref _epoch) == epoch) return epoch;
            Interlocked.Decrement(ref Of(epoch));
        }
    }

    public void Exit(long epoch) => Interlocked.Decrement(ref Of(epoch));

    /// <summary>Returns when all readers that came before have gone.</summary>
    public void WaitForReaders()
    {
        // One at a time: a second wait would not see who entered before the first.
        lock (_waiting)
        {
            var before = Interlocked.Increment(ref _epoch) - 1;
            var spin = new SpinWait();
            while (Volatile.Read(ref Of(before)) > 0) spin.SpinOnce();
        }
    }

    private ref int Of(long epoch) => ref (epoch & 1) == 0 ? ref _even.Value : ref _odd.Value;

    // On cache lines of their own: readers on all processors write them.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Counter
    {
        [FieldOffset(64)]
        public int Value;
    }
}
