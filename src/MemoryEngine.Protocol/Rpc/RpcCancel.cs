using System.Buffers;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Rpc;

/// <summary>
/// The notification <c>[2, "$/cancel", [msgid]]</c>: the client no longer wants the answer to a request. The request gets its response
/// all the same, <see cref="ProtocolErrorCode.Cancelled"/> when it could be stopped; one that is done already is none the wiser.
/// </summary>
public static class RpcCancel
{
    /// <summary>The notification's method.</summary>
    public const string Method = "$/cancel";

    /// <summary>Writes the notification.</summary>
    public static void Write(IBufferWriter<byte> output, uint id)
    {
        var writer = RpcWriter.Begin(output, 3, RpcKind.Notification);
        writer.WriteString(Method);
        writer.WriteArrayHeader(1);
        writer.WriteInteger((ulong)id);
    }

    /// <summary>Reads which request is to be cancelled.</summary>
    /// <exception cref="ProtocolException">The parameters are not one message id.</exception>
    public static uint Read(in ReadOnlySequence<byte> parameters, ProtocolLimits limits)
    {
        var reader = new MessagePackReader(parameters, limits);
        var count = reader.ReadArrayHeader();
        if (count != 1) throw ProtocolException.Unexpected("one message id", $"{count} parameters");
        var id = reader.ReadUInt32();
        return reader.AtEnd ? id : throw ProtocolException.Unexpected("one array of parameters", $"{reader.Remaining} bytes behind it");
    }
}
