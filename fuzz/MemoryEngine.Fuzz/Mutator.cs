using System.Buffers.Binary;

namespace MemoryEngine.Fuzz;

/// <summary>Havoc: a few random changes on top of each other, as fuzzers have made them since AFL.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaxBytes = 64 << 10;
    private const int MaxRange = 256;

    private static readonly long[] Interesting =
    [
        0, 1, 2, 7, 8, 16, 24, 32, 40, 63, 64, 100, 127, 128, 255, 256, 512, 1000, 1024, 4095, 4096, 4097, 32767, 32768, 65535, 65536,
        16 << 20, 32 << 20, (32 << 20) + 1, int.MaxValue - 7, int.MaxValue, uint.MaxValue, long.MaxValue - 7, long.MaxValue,
        -1, -2, -8, -128, -32768, int.MinValue, long.MinValue,
    ];

    /// <summary>A changed copy of the input; splices take from <paramref name="other"/>.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other)
    {
        var bytes = input.ToArray();
        for (var changes = 1 << random.Next(5); changes > 0; changes--) bytes = Change(bytes, other);
        return bytes;
    }

    private byte[] Change(byte[] bytes, ReadOnlySpan<byte> other)
    {
        if (bytes.Length == 0) return RandomBytes(random.Next(1, 64));
        switch (random.Next(12))
        {
            case 0 or 1: bytes[Place(bytes)] ^= (byte)(1 << random.Next(8)); return bytes;
            case 2: bytes[Place(bytes)] = (byte)random.Next(256); return bytes;
            case 3 or 4: return PutInteger(bytes, Interesting[random.Next(Interesting.Length)]);
            case 5: return AddTo(bytes);
            case 6: return Delete(bytes);
            case 7: return Insert(bytes, RandomBytes(random.Next(1, 32)));
            case 8: return Insert(bytes, Range(bytes).ToArray());
            case 9: return Overwrite(bytes, Range(bytes).ToArray());
            case 10: return random.Next(3) == 0 ? Splice(bytes, other) : Overwrite(bytes, Range(other).ToArray());
            default: return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : Overwrite(bytes, new byte[random.Next(1, MaxRange)]);
        }
    }

    // Formats hold long stretches of zeros: half of the time the next byte that is something is taken.
    private int Place(byte[] bytes)
    {
        var place = random.Next(bytes.Length);
        if (bytes[place] != 0 || random.Next(2) == 0) return place;
        var next = bytes.AsSpan(place).IndexOfAnyExcept((byte)0);
        return next < 0 ? place : place + next;
    }

    private ReadOnlySpan<byte> Range(ReadOnlySpan<byte> bytes)
    {
        var start = random.Next(bytes.Length + 1);
        return bytes.Slice(start, random.Next(Math.Min(MaxRange, bytes.Length - start) + 1));
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] PutInteger(byte[] bytes, long value)
    {
        Span<byte> number = stackalloc byte[8];
        if (random.Next(8) == 0) BinaryPrimitives.WriteInt64BigEndian(number, value);
        else BinaryPrimitives.WriteInt64LittleEndian(number, value);
        return Overwrite(bytes, number[..(1 << random.Next(4))].ToArray());
    }

    private byte[] AddTo(byte[] bytes)
    {
        var place = Place(bytes);
        var delta = random.Next(-35, 36);
        if (place + 4 > bytes.Length || random.Next(2) == 0) bytes[place] = (byte)(bytes[place] + delta);
        else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(place)) + delta);
        return bytes;
    }

    private byte[] Overwrite(byte[] bytes, byte[] with)
    {
        var place = Place(bytes);
        with.AsSpan(0, Math.Min(with.Length, bytes.Length - place)).CopyTo(bytes.AsSpan(place));
        return bytes;
    }

    private byte[] Insert(byte[] bytes, byte[] what)
    {
        if (bytes.Length + what.Length > MaxBytes) return bytes;
        var place = Place(bytes);
        return [.. bytes.AsSpan(0, place), .. what, .. bytes.AsSpan(place)];
    }

    private byte[] Delete(byte[] bytes)
    {
        var place = Place(bytes);
        var count = random.Next(1, Math.Min(MaxRange, bytes.Length - place) + 1);
        return [.. bytes.AsSpan(0, place), .. bytes.AsSpan(place + count)];
    }

    private byte[] Splice(byte[] bytes, ReadOnlySpan<byte> other)
    {
        var head = bytes.AsSpan(0, Place(bytes));
        var tail = other[random.Next(other.Length + 1)..];
        return head.Length + tail.Length > MaxBytes ? bytes : [.. head, .. tail];
    }
}
