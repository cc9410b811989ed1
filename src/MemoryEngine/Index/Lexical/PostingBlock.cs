using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Index;

/// <summary>
/// The codec of 128 numbers: each in as many bits as the largest needs, in four lanes, so that one instruction works on four
/// neighbours (the vertical layout of SIMD-BP128, Lemire and Boytsov 2015). Rows are kept as steps from the row before, less
/// one, frequencies less one.
/// </summary>
internal static unsafe class PostingBlock
{
    public const int Size = 128;

    /// <summary>Steps of so many bits cannot sum up past 32 bits; blocks with longer ones are not written.</summary>
    public const int MostRowBits = 25;

    public const int MostFrequencyBits = 16;

    private const int Lanes = 4;
    private const int WordBits = 32;

    /// <summary>The bytes that 128 numbers of so many bits take.</summary>
    public static int Bytes(int bits) => bits * (Size / 8);

    public static int BitsOf(ReadOnlySpan<uint> values)
    {
        var all = 0u;
        foreach (var value in values) all |= value;
        return WordBits - BitOperations.LeadingZeroCount(all);
    }

    /// <summary>Packs 128 numbers, none of which has more than <paramref name="bits"/> bits.</summary>
    public static void Pack(ReadOnlySpan<uint> values, int bits, Span<byte> target)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            var (word, filled, at) = (0UL, 0, lane * sizeof(uint));
            for (var i = lane; i < Size; i += Lanes)
            {
                word |= (ulong)values[i] << filled;
                filled += bits;
                if (filled < WordBits) continue;
                BinaryPrimitives.WriteUInt32LittleEndian(target[at..], (uint)word);
                (word, filled, at) = (word >> WordBits, filled - WordBits, at + (Lanes * sizeof(uint)));
            }
        }
    }

    /// <summary>Unpacks 128 numbers and sums them up: each is the one before, and its own, and one more.</summary>
    /// <param name="source">The packed steps.</param>
    /// <param name="bits">Bits of each, at most 25.</param>
    /// <param name="before">The row before the first.</param>
    /// <param name="rows">Gets 128 rows.</param>
    public static void UnpackRows(byte* source, int bits, int before, int* rows)
    {
        var last = Vector128.Create((uint)before);
        var ones = Vector128.Create(1u, 2u, 3u, 4u);
        var mask = Vector128.Create((uint)((1UL << bits) - 1));
        var (word, shift) = (bits == 0 ? default : Vector128.Load((uint*)source), 0);
        for (var i = 0; i < Size; i += Lanes)
        {
            var steps = Next(ref source, ref word, ref shift, bits, i) & mask;
            steps += Vector128.Shuffle(steps, Vector128.Create(uint.MaxValue, 0, 1, 2));
            steps += Vector128.Shuffle(steps, Vector128.Create(uint.MaxValue, uint.MaxValue, 0, 1));
            steps += last + ones;
            steps.AsInt32().Store(rows + i);
            last = Vector128.Shuffle(steps, Vector128.Create(3u, 3, 3, 3));
        }
    }

    /// <summary>Unpacks 128 frequencies.</summary>
    public static void UnpackFrequencies(byte* source, int bits, int* frequencies)
    {
        var one = Vector128<uint>.One;
        var mask = Vector128.Create((uint)((1UL << bits) - 1));
        var (word, shift) = (bits == 0 ? default : Vector128.Load((uint*)source), 0);
        for (var i = 0; i < Size; i += Lanes)
            ((Next(ref source, ref word, ref shift, bits, i) & mask) + one).AsInt32().Store(frequencies + i);
    }

    /// <summary>One of the 128 numbers.</summary>
    public static uint At(byte* source, int bits, int index)
    {
        var (lane, bit) = (index % Lanes, index / Lanes * bits);
        if (bits == 0) return 0;
        var words = (uint*)source + lane;
        ulong both = words[bit / WordBits * Lanes];
        if ((bit % WordBits) + bits > WordBits) both |= (ulong)words[((bit / WordBits) + 1) * Lanes] << WordBits;
        return (uint)((both >> (bit % WordBits)) & ((1UL << bits) - 1));
    }

    // The next four numbers, with bits of the following ones above them. Nothing behind the last word is read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(ref byte* source, ref Vector128<uint> word, ref int shift, int bits, int at)
    {
        var values = word >>> shift;
        shift += bits;
        if (shift < WordBits || at == Size - Lanes) return values;
        shift -= WordBits;
        source += sizeof(uint) * Lanes;
        word = Vector128.Load((uint*)source);
        return shift == 0 ? values : values | (word << (bits - shift));
    }
}
