using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// The unit of the log on disk: 4 KiB of log and a trailer of 8 bytes, a checksum over the block's number and its bytes,
/// then the number's low half. FASTER has no checksums and follows whatever lengths and addresses it reads, so nothing
/// reaches it, or a caller, from a block that does not verify; a block in another block's place does not verify.
/// </summary>
internal static class LogBlock
{
    public const int Bytes = 4096;
    public const int TrailerBytes = 8;
    public const int StoredBytes = Bytes + TrailerBytes;

    public static void Seal(ReadOnlySpan<byte> log, long number, Span<byte> stored)
    {
        // The applier may be writing behind the flushed part of this block: sum the copy, not the original.
        log[..Bytes].CopyTo(stored);
        BinaryPrimitives.WriteUInt32LittleEndian(stored[Bytes..], Sum(stored[..Bytes], number));
        BinaryPrimitives.WriteUInt32LittleEndian(stored[(Bytes + 4)..], (uint)number);
    }

    public static bool Verify(ReadOnlySpan<byte> stored, long number) =>
        BinaryPrimitives.ReadUInt32LittleEndian(stored[Bytes..]) == Sum(stored[..Bytes], number)
        && BinaryPrimitives.ReadUInt32LittleEndian(stored[(Bytes + 4)..]) == (uint)number;

    private static uint Sum(ReadOnlySpan<byte> log, long number)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, number);
        return Crc32C.Append(Crc32C.Compute(place), log);
    }
}
