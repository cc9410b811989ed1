using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>
/// Why the server ends a connection, where no request can be told: the parameters of the notification <c>memory.error</c>, after which
/// nothing more comes.
/// </summary>
public sealed record ErrorNotice : IWireMap<ErrorNotice>
{
    /// <summary>The notification's method.</summary>
    public const string Method = "memory.error";

    /// <summary>The error's code.</summary>
    public required int Code { get; init; }

    /// <summary>The code's name, a colon, and what happened.</summary>
    public required string Message { get; init; }

    /// <summary>The notice of an error.</summary>
    public static ErrorNotice Of(RpcError error) => new() { Code = error.Code, Message = error.Text };

    /// <summary>The error.</summary>
    public RpcError ToError() => new(Code, Message);

    /// <inheritdoc/>
    public static ErrorNotice Read(ref MapReader map) => new() { Code = map.NeedInt32("code", 0), Message = map.NeedText("message") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("code", Code);
        map.Text("message", Message);
    }
}
