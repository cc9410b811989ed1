using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// Bytes of one connection on their way to becoming messages. Room is made as bytes come, never as a length promises: who claims much
/// and sends little costs little. What exceeds the first room counts against the budget. For the session's reader alone.
/// </summary>
internal sealed class Inbox(ProtocolLimits limits, MemoryBudget budget) : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private readonly MessageScanner _scanner = new(limits);
    private byte[] _array = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsWithinMessage => _scanner.IsWithinMessage;

    /// <summary>Whether bytes are there that were not looked at yet.</summary>
    public bool HasMore => _scanned < _end;

    /// <summary>Room for the next bytes; empty when the budget has none at the moment.</summary>
    public Span<byte> Room()
    {
        if (_start == _end) (_start, _scanned, _end) = (0, 0, 0);
        if (_end < _array.Length) return _array.AsSpan(_end);
        if (_start > 0) Move(_array);
        else if (!TryGrow()) return default;
        return _array.AsSpan(_end);
    }

    /// <summary>Takes note of bytes that were read into the room.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Takes the next whole message. Its bytes stay where they are until <see cref="Room"/> is asked for.</summary>
    /// <exception cref="ProtocolException">The bytes are malformed or over a limit.</exception>
    public bool TryTake(out ReadOnlySequence<byte> message)
    {
        var unseen = new ReadOnlySequence<byte>(_array, _scanned, _end - _scanned);
        var isWhole = !unseen.IsEmpty && _scanner.Scan(unseen, out _);
        if (!isWhole)
        {
            _scanned = _end;
            message = default;
            Shrink();
            return false;
        }
        var length = (int)_scanner.Length;
        message = new ReadOnlySequence<byte>(_array, _start, length);
        _start += length;
        _scanned = _start;
        return true;
    }

    public void Dispose() => budget.Give(_array.Length - FirstBytes);

    /// <summary>Gives the first room back, for the next connection: for the reader, when it reads no more.</summary>
    public void GiveBack()
    {
        if (_array.Length == FirstBytes) ArrayPool<byte>.Shared.Return(_array);
    }

    private bool TryGrow()
    {
        // Twice the room, or that of the largest message there can be.
        var larger = (int)Math.Min(2L * _array.Length, Math.Max(limits.MaxMessageBytes, FirstBytes));
        if (!budget.TryTake(larger - _array.Length)) return false;
        Move(new byte[larger]);
        return true;
    }

    // A large message was an exception: what it needed goes back.
    private void Shrink()
    {
        if (_array.Length == FirstBytes || _end - _start > FirstBytes / 2) return;
        budget.Give(_array.Length - FirstBytes);
        Move(new byte[FirstBytes]);
    }

    private void Move(byte[] to)
    {
        _array.AsSpan(_start, _end - _start).CopyTo(to);
        (_scanned, _end, _start, _array) = (_scanned - _start, _end - _start, 0, to);
    }
}
