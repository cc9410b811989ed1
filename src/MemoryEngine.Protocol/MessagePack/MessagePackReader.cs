using System.Buffers;
using System.Buffers.Binary;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// Reads MessagePack values one after the other. Every width of a type is read, and what does not fit what was asked for is
/// refused, not cut. Nothing is allocated for a length or count before the bytes it needs are known to be there.
/// </summary>
/// <remarks>
/// Each read throws <see cref="ProtocolException"/>: <see cref="ProtocolProblem.Incomplete"/> when the bytes end within the
/// value, <see cref="ProtocolProblem.Malformed"/> when they are none, <see cref="ProtocolProblem.OverLimit"/>, or
/// <see cref="ProtocolProblem.Unexpected"/> when the value is another. After that the reader's place is undefined.
/// </remarks>
public ref partial struct MessagePackReader
{
    private readonly ProtocolLimits _limits;
    private SequenceReader<byte> _input;

    /// <summary>Creates a reader of a sequence of values.</summary>
    public MessagePackReader(in ReadOnlySequence<byte> input, ProtocolLimits limits)
    {
        _input = new SequenceReader<byte>(input);
        _limits = limits;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _input.Consumed;

    /// <summary>Bytes that are left.</summary>
    public readonly long Remaining => _input.Remaining;

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool AtEnd => _input.End;

    /// <summary>The type of the next value, which is not read.</summary>
    public readonly MessagePackType NextType => Peek("a value").Type;

    /// <summary>Whether the next value is nil. If so it is read.</summary>
    public bool TryReadNil()
    {
        if (NextType != MessagePackType.Nil) return false;
        _input.Advance(1);
        return true;
    }

    /// <summary>Reads nil.</summary>
    public void ReadNil()
    {
        if (!TryReadNil()) throw Unexpected("nil");
    }

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        const string Expected = "a boolean";
        if (Peek(Expected).Type != MessagePackType.Boolean) throw Unexpected(Expected);
        return Take(1) == MessagePackCode.True;
    }

    /// <summary>Reads the head of an array; its values are read next.</summary>
    /// <returns>How many there are. Each takes at least one of the bytes that are left.</returns>
    public int ReadArrayHeader() => ReadContainer(MessagePackType.Array, "an array", valuesEach: 1);

    /// <summary>Reads the head of a map; its keys and values are read next, in turns.</summary>
    /// <returns>How many pairs there are. Each takes at least two of the bytes that are left.</returns>
    public int ReadMapHeader() => ReadContainer(MessagePackType.Map, "a map", valuesEach: 2);

    /// <summary>Passes over one value with all that is in it, checking it as the scanner does.</summary>
    public void Skip()
    {
        var walk = new ValueWalk(_limits);
        while (!walk.IsComplete)
        {
            if (_input.End) throw ProtocolException.Incomplete("more of a value");
            _input.Advance(walk.Feed(_input.UnreadSpan));
        }
    }

    /// <summary>Passes over one value.</summary>
    /// <returns>Its bytes, which are not copied.</returns>
    public ReadOnlySequence<byte> ReadRaw()
    {
        var start = _input.Position;
        Skip();
        return _input.Sequence.Slice(start, _input.Position);
    }

    /// <summary>Goes on by bytes that are known to be whole values.</summary>
    internal void Advance(long bytes) => _input.Advance(bytes);

    private int ReadContainer(MessagePackType type, string expected, uint valuesEach)
    {
        var count = ReadHeader(type, expected);
        if (count > _limits.MaxElements)
            throw ProtocolException.OverLimit($"{expected} holds {count} elements; {_limits.MaxElements} are allowed");
        if ((ulong)count * valuesEach > (ulong)_input.Remaining)
            throw ProtocolException.Incomplete($"{count} elements in {_input.Remaining} bytes");
        return (int)count;
    }

    // The length or count of a value; its body is next.
    private uint ReadHeader(MessagePackType type, string expected)
    {
        var format = Peek(expected);
        if (format.Type != type) throw Unexpected(expected);
        Need(1 + format.LengthBytes, expected);
        _input.Advance(1);
        return format.LengthBytes == 0 ? format.Size : (uint)Take(format.LengthBytes);
    }

    private readonly MessagePackFormat Peek(string expected)
    {
        if (!_input.TryPeek(out var code)) throw ProtocolException.Incomplete(expected);
        var format = MessagePackFormat.Of(code);
        if (format.Type == MessagePackType.Invalid)
            throw ProtocolException.Malformed($"byte {_input.Consumed} is 0x{code:x2}, which begins no value");
        return format;
    }

    private readonly void Need(long bytes, string expected)
    {
        if (_input.Remaining < bytes) throw ProtocolException.Incomplete(expected);
    }

    // A big-endian number of bytes that are known to be there.
    private ulong Take(int bytes)
    {
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        _input.TryCopyTo(number[^bytes..]);
        _input.Advance(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    private readonly ProtocolException Unexpected(string expected) => ProtocolException.Unexpected(expected, Describe(NextType));

    internal static string Describe(MessagePackType type) => type switch
    {
        MessagePackType.Nil => "nil",
        MessagePackType.Boolean => "a boolean",
        MessagePackType.Integer => "an integer",
        MessagePackType.Float => "a float",
        MessagePackType.String => "a string",
        MessagePackType.Binary => "bytes",
        MessagePackType.Array => "an array",
        MessagePackType.Map => "a map",
        MessagePackType.Extension => "an extension",
        _ => "no value",
    };
}
