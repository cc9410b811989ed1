using System.Runtime.CompilerServices;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>What unpacking a block takes, a posting, beside the plainest way to read numbers of so many bits.</summary>
internal static unsafe class PostingCodecBenchmark
{
    private const int Blocks = 512;
    private const int Rounds = 40;

    public static void Run()
    {
        foreach (var bits in new[] { 0, 1, 2, 3, 4, 5, 7, 8, 10, 13, 17 }) Measure(bits);
    }

    private static void Measure(int bits)
    {
        var random = new Random(bits);
        var packed = new byte[(Blocks * PostingBlock.Bytes(bits)) + 64];
        var values = new uint[PostingBlock.Size];
        for (var block = 0; block < Blocks; block++)
        {
            for (var i = 0; i < values.Length; i++) values[i] = (uint)random.Next(1 << bits);
            PostingBlock.Pack(values, bits, packed.AsSpan(block * PostingBlock.Bytes(bits)));
        }
        var numbers = stackalloc int[PostingBlock.Size];
        var lengths = new int[1 << 17];
        lengths.AsSpan().Fill(80);
        var sums = new int[1 << 17];
        var bm25 = new Bm25(80);
        fixed (byte* first = packed)
        fixed (int* length = lengths)
        fixed (int* sum = sums)
        {
            var (source, target, table, adds) = ((nint)first, (nint)numbers, (nint)length, (nint)sum);
            var one = stackalloc int[PostingBlock.Size];
            var rows = (nint)one;
            for (var (i, row) = (0, 0); i < PostingBlock.Size; i++) one[i] = row += 1 + random.Next(1 << Math.Min(bits, 6));
            var times = new[]
            {
                Time(at => PostingBlock.UnpackRows((byte*)source + at, bits, -1, (int*)target), bits),
                Time(at => PostingBlock.UnpackFrequencies((byte*)source + at, bits, (int*)target), bits),
                Time(at => UnpackPlainly((byte*)source + at, bits, (int*)target), bits),
                Time(_ => bm25.ToUnits(3e5f, (int*)rows, (int*)table, (int*)target, PostingBlock.Size), bits),
                Time(_ => Add((int*)rows, (int*)target, (int*)adds), bits),
            };
            Console.WriteLine(
                $"  {bits,2} bits: rows {times[0]:f2}, frequencies {times[1]:f2}, one by one {times[2]:f2}, " +
                $"to units {times[3]:f2}, adding up {times[4]:f2} ns a posting");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(int* rows, int* units, int* sums)
    {
        for (var i = 0; i < PostingBlock.Size; i++) sums[rows[i]] += units[i];
    }

    private static void UnpackPlainly(byte* source, int bits, int* target)
    {
        var row = -1;
        for (var i = 0; i < PostingBlock.Size; i++) target[i] = row += (int)PostingBlock.At(source, bits, i) + 1;
    }

    private static double Time(Action<int> unpack, int bits)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = ThreadTime.Now;
            for (var block = 0; block < Blocks; block++) unpack(block * PostingBlock.Bytes(bits));
            least = Math.Min(least, (ThreadTime.Now - start).TotalNanoseconds);
        }
        return least / Blocks / PostingBlock.Size;
    }
}
