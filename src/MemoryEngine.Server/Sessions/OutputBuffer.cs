using System.Buffers;
using MemoryEngine.Protocol;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// Where one message is written. It grows to the limit of a message, and keeps a small array for the next one. Arrays are lent: large ones
/// made anew for each answer would have everything that lives looked at, while everybody waits.
/// </summary>
internal sealed class OutputBuffer(int limit) : IBufferWriter<byte>
{
    private const int KeptBytes = 64 << 10;
    private byte[] _array = ArrayPool<byte>.Shared.Rent(1 << 10);
    private int _length;

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, _length);

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _length = 0;
        if (_array.Length > KeptBytes) Move(KeptBytes);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsSpan(_length);
    }

    private void Grow(int more)
    {
        var needed = (long)_length + Math.Max(more, 16);
        if (needed <= _array.Length) return;
        // A little more than the limit may be asked for than will be used.
        if (needed > limit + 16L)
            throw new ProtocolException(ProtocolProblem.OverLimit, $"the answer takes more than the {limit} bytes of a message; ask for less");
        Move((int)Math.Min(Math.Max(needed, 2L * _array.Length), limit + 16L));
    }

    private void Move(int bytes)
    {
        var array = ArrayPool<byte>.Shared.Rent(bytes);
        Written.CopyTo(array);
        ArrayPool<byte>.Shared.Return(_array);
        _array = array;
    }
}
