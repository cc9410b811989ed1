using System.Runtime.CompilerServices;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// Walks over one value to find its end, and stops anywhere between two bytes: what it knows fits in this struct, and no
/// byte is looked at twice. Keeps to the limits before the bytes they would forbid have come: a container or text that must
/// make the message too long is refused at its header. Texts must be UTF-8.
/// </summary>
/// <remarks>
/// The invariant is the sum: bytes seen, plus one for each value still to come, plus what is left of the current one, is
/// the least that the message can take.
/// </remarks>
internal struct ValueWalk(ProtocolLimits limits)
{
    private readonly ProtocolLimits _limits = limits;
    private OpenContainers _open;
    private int _depth;

    // Values whose header is not complete yet, in all open containers together.
    private long _valuesToCome = 1;
    private long _bodyLeft;
    private MessagePackFormat _format;
    private uint _size;
    private int _lengthLeft;
    private Utf8Check _text;

    /// <summary>Bytes of the value seen so far; all of them once it is complete.</summary>
    public long Length { get; private set; }

    /// <summary>Loop turns and bytes looked at: what the tests count in place of time.</summary>
    public long Steps { get; private set; }

    public readonly bool IsComplete => _valuesToCome == 0 && _bodyLeft == 0;

    /// <summary>Takes the next bytes, up to the end of the value.</summary>
    /// <returns>How many belong to the value.</returns>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (used < bytes.Length && !IsComplete)
        {
            if (_bodyLeft > 0) used += TakeBody(bytes[used..]);
            else TakeHeader(bytes[used++]);
        }
        return used;
    }

    private int TakeBody(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(_bodyLeft, bytes.Length);
        (Length, Steps) = (Length + taken, Steps + taken);
        _bodyLeft -= taken;
        if (_format.Type == MessagePackType.String && (!_text.Accept(bytes[..taken]) || (_bodyLeft == 0 && !_text.IsWhole)))
            throw ProtocolException.Malformed($"the string that goes to byte {Length + _bodyLeft} is not UTF-8");
        if (_bodyLeft == 0) EndValue();
        return taken;
    }

    private void TakeHeader(byte b)
    {
        (Length, Steps) = (Length + 1, Steps + 1);
        if (_lengthLeft > 0)
        {
            _size = (_size << 8) | b;
            if (--_lengthLeft == 0) BeginValue();
            return;
        }
        _format = MessagePackFormat.Of(b);
        if (_format.Type == MessagePackType.Invalid)
            throw ProtocolException.Malformed($"byte {Length - 1} is 0x{b:x2}, which begins no value");
        (_size, _lengthLeft) = (_format.LengthBytes > 0 ? 0 : _format.Size, _format.LengthBytes);
        if (_lengthLeft == 0) BeginValue();
    }

    private void BeginValue()
    {
        _valuesToCome--;
        switch (_format.Type)
        {
            case MessagePackType.Array: Open(1); break;
            case MessagePackType.Map: Open(2); break;
            case MessagePackType.Extension: _bodyLeft = 1L + _size; break;
            default: _bodyLeft = _size; break;
        }
        if (Length + _valuesToCome + _bodyLeft > _limits.MaxMessageBytes)
            throw ProtocolException.OverLimit($"the message takes more than {_limits.MaxMessageBytes} bytes");
        if (_bodyLeft == 0 && !(_format.Type is MessagePackType.Array or MessagePackType.Map && _size > 0)) EndValue();
    }

    private void Open(uint valuesEach)
    {
        if (_size > _limits.MaxElements)
            throw ProtocolException.OverLimit($"a container holds {_size} elements; {_limits.MaxElements} are allowed");
        if (_depth == _limits.MaxDepth)
            throw ProtocolException.OverLimit($"containers are nested deeper than {_limits.MaxDepth}");
        if (_size == 0) return;
        _open[_depth++] = _size * valuesEach;
        _valuesToCome += _size * valuesEach;
    }

    // The value may have been the last of its container, and that the last of the one around it.
    private void EndValue()
    {
        while (_depth > 0 && --_open[_depth - 1] == 0)
        {
            _depth--;
            Steps++;
        }
    }

    [InlineArray(ProtocolLimits.DeepestNesting)]
    private struct OpenContainers
    {
        private uint _valuesLeft;
    }
}
