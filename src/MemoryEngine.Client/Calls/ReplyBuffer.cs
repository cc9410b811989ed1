using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Client.Calls;

/// <summary>Bytes of one connection on their way to becoming messages. For one reader at a time.</summary>
internal sealed class ReplyBuffer(ProtocolLimits limits)
{
    private const int FirstBytes = 32 << 10;

    private readonly MessageScanner _scanner = new(limits);
    private byte[] _array = new byte[FirstBytes];
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>Room for the next bytes.</summary>
    public Span<byte> Room()
    {
        if (_start == _end)
        {
            (_start, _scanned, _end) = (0, 0, 0);
            // A large answer was an exception: what it needed goes back.
            if (_array.Length > FirstBytes) _array = new byte[FirstBytes];
        }
        if (_end == _array.Length) MakeRoom();
        return _array.AsSpan(_end);
    }

    /// <summary>Takes note of bytes that were read into the room.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Takes the next whole message. Its bytes stay where they are until <see cref="Room"/> is asked for.</summary>
    /// <exception cref="ProtocolException">The bytes are malformed or over a limit.</exception>
    public bool TryTake(out ReadOnlySequence<byte> message)
    {
        message = default;
        if (_scanned == _end) return false;
        if (!_scanner.Scan(new ReadOnlySequence<byte>(_array, _scanned, _end - _scanned), out _))
        {
            _scanned = _end;
            return false;
        }
        var length = (int)_scanner.Length;
        message = new ReadOnlySequence<byte>(_array, _start, length);
        _start += length;
        _scanned = _start;
        return true;
    }

    // The scanner refuses what is over the limit of a message, so that the array stays within twice of it.
    private void MakeRoom()
    {
        var to = _start > 0 ? _array : new byte[2L * _array.Length];
        _array.AsSpan(_start, _end - _start).CopyTo(to);
        (_scanned, _end, _start, _array) = (_scanned - _start, _end - _start, 0, to);
    }
}
