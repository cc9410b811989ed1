using System.Buffers;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Rpc;

/// <summary>Writes whole messages. They are not measured: whoever sends keeps to the receiver's limits.</summary>
public static class RpcWriter
{
    /// <summary>Writes a request.</summary>
    public static void WriteRequest(IBufferWriter<byte> output, uint id, string method, IWireMap parameters)
    {
        var writer = Begin(output, 4, RpcKind.Request);
        writer.WriteInteger((ulong)id);
        WriteCall(writer, method, parameters);
    }

    /// <summary>Writes a notification, which gets no answer.</summary>
    public static void WriteNotification(IBufferWriter<byte> output, string method, IWireMap parameters) =>
        WriteCall(Begin(output, 3, RpcKind.Notification), method, parameters);

    /// <summary>Writes the response to a request that succeeded.</summary>
    public static void WriteResult(IBufferWriter<byte> output, uint id, IWireMap result)
    {
        var writer = Begin(output, 4, RpcKind.Response);
        writer.WriteInteger((ulong)id);
        writer.WriteNil();
        MapWriter.Write(writer, result);
    }

    /// <summary>Writes the response to a request that failed.</summary>
    /// <param name="output">Gets the message.</param>
    /// <param name="id">The request's number.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="asText">Whether the client asked for its text alone; see <see cref="Methods.HelloRequest.Errors"/>.</param>
    public static void WriteError(IBufferWriter<byte> output, uint id, RpcError error, bool asText = false)
    {
        var writer = Begin(output, 4, RpcKind.Response);
        writer.WriteInteger((ulong)id);
        error.Write(writer, asText);
        writer.WriteNil();
    }

    internal static MessagePackWriter Begin(IBufferWriter<byte> output, int count, RpcKind kind)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(count);
        writer.WriteInteger((long)kind);
        return writer;
    }

    private static void WriteCall(MessagePackWriter writer, string method, IWireMap parameters)
    {
        writer.WriteString(method);
        writer.WriteArrayHeader(1);
        MapWriter.Write(writer, parameters);
    }
}
