using System.Buffers;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests;

/// <summary>Bytes as the tests write them down, encode them and cut them up.</summary>
internal static class Bytes
{
    /// <summary>Bytes from hexadecimal digits; spaces do not count.</summary>
    public static byte[] Hex(string digits) => Convert.FromHexString(string.Concat(digits.Where(c => !char.IsWhiteSpace(c))));

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static byte[] Encode(Action<MessagePackWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MessagePackWriter(output));
        return output.WrittenSpan.ToArray();
    }

    public static ReadOnlySequence<byte> Whole(byte[] bytes) => new(bytes);

    /// <summary>The same bytes in segments of a size, an empty one between each two.</summary>
    public static ReadOnlySequence<byte> InPieces(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Segment(default, null);
        var last = first;
        for (var at = 0; at < bytes.Length; at += size)
        {
            last = new Segment(bytes.Slice(at, Math.Min(size, bytes.Length - at)), last);
            last = new Segment(default, last);
        }
        return new ReadOnlySequence<byte>(first, 0, last, 0);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
