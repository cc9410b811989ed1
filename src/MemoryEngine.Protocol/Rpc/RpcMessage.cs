using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Rpc;

/// <summary>
/// One msgpack-rpc message, taken apart. Parameters and result stay the bytes they came as, and point into the buffer that
/// was parsed; what they hold is read by an <see cref="RpcMethod"/>.
/// </summary>
public readonly record struct RpcMessage
{
    /// <summary>Which of the three it is, and with that which of the other members say something.</summary>
    public RpcKind Kind { get; private init; }

    /// <summary>Of a request and its response: the number that holds them together, chosen by the client.</summary>
    public uint Id { get; private init; }

    /// <summary>Of a request or notification: the method's name.</summary>
    public string Method { get; private init; }

    /// <summary>Of a request or notification: the array of parameters.</summary>
    public ReadOnlySequence<byte> Params { get; private init; }

    /// <summary>Of a response: what went wrong; null when nothing did.</summary>
    public RpcError? Error { get; private init; }

    /// <summary>Of a response without an error: the result.</summary>
    public ReadOnlySequence<byte> Result { get; private init; }

    /// <summary>Takes apart the bytes of exactly one message.</summary>
    /// <exception cref="ProtocolException">They are none. Whatever it is, the sender does not speak the protocol.</exception>
    public static RpcMessage Parse(in ReadOnlySequence<byte> message, ProtocolLimits limits)
    {
        var reader = new MessagePackReader(message, limits);
        try
        {
            var parsed = Parse(ref reader, limits);
            return reader.AtEnd ? parsed : throw ProtocolException.Unexpected("one message", $"{reader.Remaining} bytes behind it");
        }
        catch (ProtocolException e) when (e.Problem == ProtocolProblem.Unexpected)
        {
            // A parameter of the wrong type is the request's trouble; a message of the wrong shape is the connection's.
            throw ProtocolException.Malformed($"this is no msgpack-rpc message: {e.Message}");
        }
    }

    private static RpcMessage Parse(ref MessagePackReader reader, ProtocolLimits limits)
    {
        var count = reader.ReadArrayHeader();
        if (count is not (3 or 4)) throw ProtocolException.Unexpected("an array of 3 or 4 values", $"{count} values");
        var kind = (RpcKind)reader.ReadInteger((int)RpcKind.Request, (int)RpcKind.Notification);
        var expected = kind == RpcKind.Notification ? 3 : 4;
        if (count != expected) throw ProtocolException.Unexpected($"a {kind} of {expected} values", $"{count} values");
        return kind switch
        {
            RpcKind.Request => new()
            {
                Kind = kind,
                Id = reader.ReadUInt32(),
                Method = ReadMethod(ref reader, limits),
                Params = ReadParams(ref reader),
            },
            RpcKind.Response => ReadResponse(ref reader),
            _ => new() { Kind = kind, Method = ReadMethod(ref reader, limits), Params = ReadParams(ref reader) },
        };
    }

    private static RpcMessage ReadResponse(ref MessagePackReader reader)
    {
        var id = reader.ReadUInt32();
        RpcError? error = reader.TryReadNil() ? null : RpcError.Read(ref reader);
        if (error is not null) reader.ReadNil();
        return new()
        {
            Kind = RpcKind.Response,
            Id = id,
            Method = "",
            Error = error,
            Result = error is null ? reader.ReadRaw() : default,
        };
    }

    private static string ReadMethod(ref MessagePackReader reader, ProtocolLimits limits)
    {
        // Some clients know texts from bytes in parameters, but not here.
        var isBinary = reader.NextType == MessagePackType.Binary;
        var name = isBinary ? reader.ReadBinary() : reader.ReadUtf8();
        if (name.Length > limits.MaxMethodBytes)
            throw ProtocolException.OverLimit($"the method's name takes {name.Length} bytes; {limits.MaxMethodBytes} are allowed");
        if (isBinary && !Utf8.IsValid(name.ToArray())) throw ProtocolException.Malformed("the method's name is not UTF-8");
        return Encoding.UTF8.GetString(name);
    }

    private static ReadOnlySequence<byte> ReadParams(ref MessagePackReader reader) =>
        reader.NextType == MessagePackType.Array
            ? reader.ReadRaw()
            : throw ProtocolException.Unexpected("an array of parameters", MessagePackReader.Describe(reader.NextType));
}
