using System.Buffers;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Rpc;

/// <summary>A method of the protocol: its name, what it takes and what it gives.</summary>
/// <param name="name">Its name in messages.</param>
public abstract class RpcMethod(string name)
{
    /// <summary>Its name in messages.</summary>
    public string Name { get; } = name;

    /// <summary>The names of the fields of its parameters and of its result.</summary>
    internal abstract (FieldNames Parameters, FieldNames Result) Fields { get; }

    /// <summary>Reads the parameters of a request.</summary>
    internal abstract IWireMap ReadParameters(in ReadOnlySequence<byte> parameters, ProtocolLimits limits);

    /// <summary>Reads the result of a response.</summary>
    internal abstract IWireMap ReadAnyResult(in ReadOnlySequence<byte> result, ProtocolLimits limits);
}

/// <summary>A method with the types of its two maps.</summary>
/// <typeparam name="TRequest">The map of parameters.</typeparam>
/// <typeparam name="TReply">The map of the result.</typeparam>
/// <param name="name">Its name in messages.</param>
public sealed class RpcMethod<TRequest, TReply>(string name) : RpcMethod(name)
    where TRequest : class, IWireMap<TRequest>
    where TReply : class, IWireMap<TReply>
{
    /// <summary>A map with no pairs: what a call without parameters means.</summary>
    private static readonly ReadOnlySequence<byte> EmptyMap = new([MessagePackCode.FixMap]);

    internal override (FieldNames Parameters, FieldNames Result) Fields => (FieldNames<TRequest>.Names, FieldNames<TReply>.Names);

    /// <summary>Reads the parameters of a request: an array of one map, or of nothing.</summary>
    /// <exception cref="ProtocolException">They are not those of this method. The message names the field.</exception>
    public TRequest ReadRequest(in ReadOnlySequence<byte> parameters, ProtocolLimits limits)
    {
        var reader = new MessagePackReader(parameters, limits);
        var count = reader.ReadArrayHeader();
        if (count > 1) throw ProtocolException.Unexpected("one map of parameters", $"{count} parameters");
        if (count == 0) return MapReader.Read<TRequest>(EmptyMap, limits);
        var request = MapReader.Read<TRequest>(ref reader);
        return reader.AtEnd ? request : throw ProtocolException.Unexpected("one array of parameters", $"{reader.Remaining} bytes behind it");
    }

    /// <summary>Reads the result of a response.</summary>
    /// <exception cref="ProtocolException">It is not that of this method. The message names the field.</exception>
    public TReply ReadResult(in ReadOnlySequence<byte> result, ProtocolLimits limits) => MapReader.Read<TReply>(result, limits);

    internal override IWireMap ReadParameters(in ReadOnlySequence<byte> parameters, ProtocolLimits limits) =>
        ReadRequest(parameters, limits);

    internal override IWireMap ReadAnyResult(in ReadOnlySequence<byte> result, ProtocolLimits limits) => ReadResult(result, limits);
}
