using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// One value as the log stores it: a body, or one chunk of a longer one. Little-endian:
/// <c>crc32c of the key and all that follows 4, total length of the body 4, sequence that wrote it 8, chunks 4, bytes</c>.
/// The key is <c>record id &lt;&lt; 16 | chunk</c>. A value that opens was written under that key, whole.
/// </summary>
internal readonly ref struct StoredValue
{
    public const int MostBytes = 32 * 1024;
    public const int HeaderBytes = 20;
    public const int MostPayloadBytes = MostBytes - HeaderBytes;
    public const int MostBodyBytes = MostPayloadBytes * ushort.MaxValue;
    public const long LargestRecordId = long.MaxValue >> 16;

    /// <summary>The key of what only fills a block. No record has it.</summary>
    public const long FillerKey = -1;

    private StoredValue(int totalBytes, long sequence, int chunks, ReadOnlySpan<byte> payload)
    {
        TotalBytes = totalBytes;
        Sequence = sequence;
        Chunks = chunks;
        Payload = payload;
    }

    public int TotalBytes { get; }

    public long Sequence { get; }

    public int Chunks { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public static long KeyOf(long recordId, int chunk) => (recordId << 16) | (uint)chunk;

    public static int ChunksOf(long bodyBytes) => bodyBytes == 0 ? 1 : (int)((bodyBytes + MostPayloadBytes - 1) / MostPayloadBytes);

    /// <summary>What the log takes for the chunks of a body.</summary>
    public static long LogBytes(int bodyBytes)
    {
        var last = ChunksOf(bodyBytes) - 1;
        return (last * ColdReader.RecordBytes(MostBytes)) + ColdReader.RecordBytes(HeaderBytes + bodyBytes - (last * MostPayloadBytes));
    }

    /// <summary>Writes a value and returns its length.</summary>
    public static int Write(Span<byte> destination, long key, int totalBytes, long sequence, int chunks, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], totalBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], chunks);
        payload.CopyTo(destination[HeaderBytes..]);
        var length = HeaderBytes + payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Sum(key, destination[4..length]));
        return length;
    }

    /// <summary>False when the bytes are not what was written under the key.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> stored, long key, out StoredValue value)
    {
        value = default;
        if (stored.Length is < HeaderBytes or > MostBytes) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(stored) != Sum(key, stored[4..])) return false;
        value = new StoredValue(
            BinaryPrimitives.ReadInt32LittleEndian(stored[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(stored[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(stored[16..]),
            stored[HeaderBytes..]);
        var chunk = (int)(key & ushort.MaxValue);
        var offset = (long)chunk * MostPayloadBytes;
        return value.TotalBytes >= 0
            && value.Chunks == ChunksOf(value.TotalBytes)
            && chunk < value.Chunks
            && value.Payload.Length == Math.Min(MostPayloadBytes, value.TotalBytes - offset);
    }

    private static uint Sum(long key, ReadOnlySpan<byte> rest)
    {
        Span<byte> named = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(named, key);
        return Crc32C.Append(Crc32C.Compute(named), rest);
    }
}
