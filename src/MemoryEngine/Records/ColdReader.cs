using System.Buffers;
using System.Buffers.Binary;

namespace MemoryEngine.Records;

/// <summary>
/// Finds a value on disk by following the chain of records that share an index entry, from the newest back.
/// It reads verified bytes only, and each step leads to a lower address, so it ends whatever is stored.
/// </summary>
/// <remarks>
/// A FASTER 2.6.5 record is: header 8 (previous address in the low 48 bits, bit 55 deleted, bit 56 valid), key 8,
/// value length 4, value; padded to 8, and never across a page.
/// </remarks>
internal static class ColdReader
{
    public const int RecordHeaderBytes = 20;
    public const int RecordAlignment = 8;
    public const long Deleted = 1L << 55;
    public const long Valid = 1L << 56;

    private const long PreviousAddressMask = (1L << 48) - 1;
    private const int FirstReadBytes = 2 * LogBlock.Bytes;

    /// <summary>What a record takes of the log, with what pads it.</summary>
    public static long RecordBytes(int valueBytes) => (RecordHeaderBytes + valueBytes + RecordAlignment - 1) & -RecordAlignment;

    /// <summary>
    /// Offers the builder the value of a key, or nothing when the chain does not hold it. The chain ends where the log
    /// begins: what lies below has been given back.
    /// </summary>
    /// <exception cref="MemoryEngineException">A block on the way could not be read, or does not verify.</exception>
    public static string? Read(LogSegments segments, long address, long key, long begin, BodyBuilder builder)
    {
        _ = TryRead(segments, address, key, begin, builder, mayWait: true, out var damage);
        return damage;
    }

    /// <summary>The same; or false where it may not wait for the device and would have to.</summary>
    /// <exception cref="MemoryEngineException">A block on the way could not be read, or does not verify.</exception>
    public static bool TryRead(
        LogSegments segments, long address, long key, long begin, BodyBuilder builder, bool mayWait, out string? damage)
    {
        damage = null;
        var buffer = ArrayPool<byte>.Shared.Rent(RecordHeaderBytes + StoredValue.MostBytes);
        try
        {
            while (address >= begin)
            {
                var leftInPage = MemoryPlan.PageBytes - (int)(address & (MemoryPlan.PageBytes - 1));
                // To the end of the second block: most values are shorter, and no block is read for nothing.
                var have = Math.Min(leftInPage, FirstReadBytes - (int)(address % LogBlock.Bytes));
                if (have < RecordHeaderBytes) damage = $"a record begins at {address}, too near the end of its page";
                if (damage is not null) return true;
                if (!segments.TryRead(address, buffer.AsSpan(0, have), mayWait)) return false;
                var header = BinaryPrimitives.ReadInt64LittleEndian(buffer);
                var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(16));
                if (BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(8)) == key && (header & Valid) != 0)
                {
                    if ((header & Deleted) != 0) return true;
                    if (length is < 0 or > StoredValue.MostBytes || RecordHeaderBytes + length > leftInPage)
                        damage = $"the record at {address} has a length of {length}";
                    if (damage is not null) return true;
                    var missing = RecordHeaderBytes + length - have;
                    if (missing > 0 && !segments.TryRead(address + have, buffer.AsSpan(have, missing), mayWait)) return false;
                    builder.Take(key, buffer.AsSpan(RecordHeaderBytes, length));
                    return true;
                }
                var previous = header & PreviousAddressMask;
                if (previous >= address) damage = $"the record at {address} names {previous} as an earlier one";
                if (damage is not null) return true;
                address = previous;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the newest record of a key, sought from an address back, is the one at another.</summary>
    /// <exception cref="MemoryEngineException">A block on the way could not be read, or does not verify.</exception>
    public static bool IsNewest(LogSegments segments, long address, long key, long candidate)
    {
        Span<byte> record = stackalloc byte[2 * sizeof(long)];
        while (address > candidate)
        {
            segments.Read(address, record);
            var header = BinaryPrimitives.ReadInt64LittleEndian(record);
            if (BinaryPrimitives.ReadInt64LittleEndian(record[sizeof(long)..]) == key && (header & Valid) != 0) return false;
            var previous = header & PreviousAddressMask;
            // A chain that leads upwards is no chain: nobody finds the candidate along it.
            if (previous >= address) return false;
            address = previous;
        }
        return address == candidate;
    }
}
