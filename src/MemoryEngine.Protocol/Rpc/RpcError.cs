using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Rpc;

/// <summary>What went wrong with a request: <c>[code, "NAME: message"]</c>, which common clients print as it is.</summary>
/// <param name="Code">The code, see <see cref="ProtocolErrorCode"/>; a newer server may send others. 0 where only a text came that names none.</param>
/// <param name="Text">The code's name, a colon, and what happened.</param>
public readonly record struct RpcError(int Code, string Text)
{
    /// <summary>Whether the same request may succeed later; false for a code that is not known here.</summary>
    public bool IsRetryable => ProtocolErrors.Find(Code)?.IsRetryable ?? false;

    /// <summary>An error of a known code.</summary>
    public static RpcError Of(ProtocolErrorCode code, string message) => ProtocolErrors.Find((int)code) is { } info
        ? new RpcError((int)code, $"{info.Name}: {message}")
        : throw new ArgumentOutOfRangeException(nameof(code), code, "This is no code of the protocol.");

    /// <summary>The error that tells a client what was wrong with its message.</summary>
    public static RpcError Of(ProtocolException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Of(exception.Code, exception.Message);
    }

    // A text alone is what a client gets that has asked for it; see HelloRequest.Errors.
    internal static RpcError Read(ref MessagePackReader reader)
    {
        if (reader.NextType == MessagePackType.String)
        {
            var text = reader.ReadString();
            return new RpcError(CodeOf(text), text);
        }
        var count = reader.ReadArrayHeader();
        return count == 2
            ? new RpcError(reader.ReadInt32(), reader.ReadString())
            : throw ProtocolException.Unexpected("an error of a code and a text", $"{count} values");
    }

    internal void Write(MessagePackWriter writer, bool asText)
    {
        if (asText)
        {
            writer.WriteString(Text);
            return;
        }
        writer.WriteArrayHeader(2);
        writer.WriteInteger(Code);
        writer.WriteString(Text);
    }

    private static int CodeOf(string text)
    {
        foreach (var info in ProtocolErrors.All)
            if (text.StartsWith($"{info.Name}: ", StringComparison.Ordinal)) return (int)info.Code;
        return 0;
    }
}
