using System.Buffers.Binary;
using System.Numerics;

namespace MemoryEngine.Storage;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of everything the engine writes: <c>Compute("123456789") = 0xE3069283</c>.
/// </summary>
/// <remarks>
/// The processor's instruction has a latency of three cycles and a throughput of one, so three stretches are summed at
/// once and joined: the sum of A followed by B is the sum of A, carried over as many zero bytes as B is long, xor the
/// sum of B. Carrying is linear, hence four table look-ups.
/// </remarks>
internal static class Crc32C
{
    private const int LongLane = 1024;
    private const int ShortLane = 128;

    private static readonly uint[] OverLongLane = CarryingTable(LongLane);
    private static readonly uint[] OverShortLane = CarryingTable(ShortLane);

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> is the checksum of, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        while (data.Length >= 3 * LongLane)
        {
            state = ThreeLanes(state, data, LongLane, OverLongLane);
            data = data[(3 * LongLane)..];
        }
        while (data.Length >= 3 * ShortLane)
        {
            state = ThreeLanes(state, data, ShortLane, OverShortLane);
            data = data[(3 * ShortLane)..];
        }
        while (data.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }
        foreach (var b in data) state = BitOperations.Crc32C(state, b);
        return ~state;
    }

    private static uint ThreeLanes(uint state, ReadOnlySpan<byte> data, int lane, uint[] carrying)
    {
        var first = data[..lane];
        var second = data.Slice(lane, lane);
        var third = data.Slice(2 * lane, lane);
        uint a = state, b = 0, c = 0;
        for (var i = 0; i <= first.Length - sizeof(ulong); i += sizeof(ulong))
        {
            a = BitOperations.Crc32C(a, BinaryPrimitives.ReadUInt64LittleEndian(first[i..]));
            b = BitOperations.Crc32C(b, BinaryPrimitives.ReadUInt64LittleEndian(second[i..]));
            c = BitOperations.Crc32C(c, BinaryPrimitives.ReadUInt64LittleEndian(third[i..]));
        }
        return Carry(carrying, Carry(carrying, a) ^ b) ^ c;
    }

    private static uint Carry(uint[] table, uint state) =>
        table[state & 0xFF]
        ^ table[256 + ((state >> 8) & 0xFF)]
        ^ table[512 + ((state >> 16) & 0xFF)]
        ^ table[768 + (state >> 24)];

    private static uint[] CarryingTable(int zeroBytes)
    {
        var table = new uint[4 * 256];
        for (var place = 0; place < 4; place++)
        {
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                var state = (uint)bit << (8 * place);
                for (var i = 0; i < zeroBytes; i += sizeof(ulong)) state = BitOperations.Crc32C(state, 0UL);
                table[(256 * place) + bit] = state;
            }
            for (var value = 1; value < 256; value++)
            {
                var lowest = value & -value;
                if (lowest != value)
                    table[(256 * place) + value] = table[(256 * place) + lowest] ^ table[(256 * place) + (value ^ lowest)];
            }
        }
        return table;
    }
}
