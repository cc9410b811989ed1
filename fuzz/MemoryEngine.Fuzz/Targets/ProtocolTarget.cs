using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as what arrives at a pipe. However they are cut, the scanner comes to the same end, and the reader to the end
/// that the scanner found; a message that is accepted is written as a message that says the same; and nothing allocates more
/// than the bytes are worth.
/// </summary>
internal sealed class ProtocolTarget : FuzzTarget
{
    private const long AllocatedAlways = 64 << 10;
    private const long AllocatedEachByte = 64;

    private static readonly ProtocolLimits Limits = new() { MaxMessageBytes = 32 << 10, MaxDepth = 8, MaxElements = 1000 };

    public override string Name => "protocol";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Outcome = Receive(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // The bytes are received three times over, whole and in pieces, and written twice.
        Require(allocated <= AllocatedAlways + (8 * AllocatedEachByte * bytes.Length), $"{allocated} bytes allocated for {bytes.Length}");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => ProtocolSeeds.All();

    private static string Receive(byte[] bytes)
    {
        var (end, problem) = Scan(bytes, bytes.Length);
        Require(Scan(bytes, 1) == (end, problem), "a byte at a time the scanner comes to the same end");
        Require(Scan(bytes, 1 + (bytes.Length % 7)) == (end, problem), "in pieces the scanner comes to the same end");
        RequireSameSkip(bytes, end, problem);
        if (end is not { } length) return problem ?? "incomplete";
        var message = bytes.AsMemory(0, length);
        var whole = Take(new ReadOnlySequence<byte>(message));
        Require(Take(ProtocolSeeds.InPieces(message, 1 + (length % 5))) == whole, "in pieces a message says the same");
        return whole;
    }

    // Where the first message ends, or what is wrong with it, or neither.
    private static (int? End, string? Problem) Scan(byte[] bytes, int size)
    {
        var scanner = new MessageScanner(Limits);
        try
        {
            for (var at = 0; at < bytes.Length; at += size)
            {
                var piece = new ReadOnlySequence<byte>(bytes, at, Math.Min(size, bytes.Length - at));
                if (!scanner.Scan(piece, out var end)) continue;
                Require(scanner.Length == at + piece.Slice(0, end).Length, "the end is where the length says");
                return ((int)scanner.Length, null);
            }
            Require(scanner.Steps <= 2L * bytes.Length, "each byte is looked at once");
            return (null, null);
        }
        catch (ProtocolException e)
        {
            Require(e.Problem is ProtocolProblem.Malformed or ProtocolProblem.OverLimit, "a scanner waits for what is incomplete");
            return (null, e.Message);
        }
    }

    private static void RequireSameSkip(byte[] bytes, int? end, string? problem)
    {
        var reader = new MessagePackReader(new ReadOnlySequence<byte>(bytes), Limits);
        try
        {
            reader.Skip();
            Require(reader.Consumed == end, "reader and scanner find the same end");
        }
        catch (ProtocolException e)
        {
            Require(end is null, "a reader passes over what a scanner lets through");
            Require(problem is null ? e.Problem == ProtocolProblem.Incomplete : e.Message == problem, "reader and scanner see the same problem");
        }
    }

    private static string Take(ReadOnlySequence<byte> bytes)
    {
        RpcMessage message;
        try
        {
            message = RpcMessage.Parse(bytes, Limits);
        }
        catch (ProtocolException e)
        {
            Require(e.Problem is ProtocolProblem.Malformed or ProtocolProblem.OverLimit, "what a scanner let through is whole");
            return Told(e);
        }
        try
        {
            return message.Kind == RpcKind.Response ? Answer(message) : Call(message);
        }
        catch (ProtocolException e)
        {
            Require(e.Problem is ProtocolProblem.Unexpected or ProtocolProblem.OverLimit, "what a scanner let through is well formed");
            return $"{message.Method} {Told(e)}";
        }
    }

    // Whatever is wrong, its sender can be told, though the telling repeats some of what was sent.
    private static string Told(ProtocolException problem)
    {
        var output = new ArrayBufferWriter<byte>();
        RpcWriter.WriteError(output, 1, RpcError.Of(problem));
        var told = RpcMessage.Parse(new ReadOnlySequence<byte>(output.WrittenMemory), Limits);
        Require(told.Error == RpcError.Of(problem), "an error is read as it was written");
        return problem.Message;
    }

    private static string Call(RpcMessage message)
    {
        var method = MemoryMethods.Find(message.Method);
        if (method is null) return "an unknown method";
        var first = method.ReadParameters(message.Params, Limits);
        var written = Write(first);
        var again = method.ReadParameters(new ReadOnlySequence<byte>((byte[])[0x91, .. written]), Limits with { MaxMessageBytes = 1 << 20 });
        Require(written.AsSpan().SequenceEqual(Write(again)), "parameters that are read again are written the same");
        return method.Name;
    }

    // A response does not say which method it answers; the client knows by its number.
    private static string Answer(RpcMessage message)
    {
        if (message.Error is { } error) return error.IsRetryable ? "an error to retry" : "an error";
        var method = MemoryMethods.All[(int)(message.Id % (uint)MemoryMethods.All.Count)];
        var written = Write(method.ReadAnyResult(message.Result, Limits));
        var again = method.ReadAnyResult(new ReadOnlySequence<byte>(written), Limits with { MaxMessageBytes = 1 << 20 });
        Require(written.AsSpan().SequenceEqual(Write(again)), "a result that is read again is written the same");
        return $"{method.Name} answers";
    }

    private static byte[] Write(IWireMap map)
    {
        var output = new ArrayBufferWriter<byte>();
        MapWriter.Write(new MessagePackWriter(output), map);
        return output.WrittenSpan.ToArray();
    }
}
