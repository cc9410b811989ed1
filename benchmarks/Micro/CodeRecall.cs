using System.Globalization;
using System.Numerics.Tensors;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>
/// How many of the ten nearest the codes alone find, by bits and dimension: among their best ten, twenty, forty and eighty.
/// The rest is for re-scoring to put right, so this is what decides which code suits which dimension.
/// </summary>
internal static unsafe class CodeRecall
{
    private const int Seed = 20261;
    private const int Vectors = 20_000;
    private const int Queries = 100;
    private const int Clusters = 200;
    private const int Nearest = 10;
    private static readonly int[] Depths = [10, 20, 40, 80];

    public static void Run()
    {
        Console.WriteLine($"{Vectors:N0} unit vectors in {Clusters} clusters, falling spectrum, a common offset; seed {Seed}; {Queries} queries.");
        Console.WriteLine("Recall of the ten nearest among the best 10, 20, 40 and 80 by codes.");
        Console.WriteLine($"{"",14}{string.Concat(Depths.Select(d => $"{d,9}"))}");
        foreach (var dimension in new[] { 128, 384, 768, 1536, 4096 }) RunDimension(dimension);
    }

    private static void RunDimension(int dimension)
    {
        var random = new Random(Seed);
        var data = ClusteredVectors.Make(random, Vectors + Queries, dimension, Clusters);
        var (vectors, queries) = (data[..Vectors], data[Vectors..]);
        var truth = Array.ConvertAll(queries, q => Best([.. vectors.Select(v => -TensorPrimitives.Dot<float>(q, v))], Nearest));
        var centre = Centring.Mean(vectors.Take(2000).SelectMany(v => v).ToArray(), dimension);
        Report(dimension, 8, truth, ByBytes(centre, vectors, queries));
        foreach (var bits in new[] { 4, 2, 1 }) Report(dimension, bits, truth, ByBits(bits, centre, vectors, queries));
    }

    private static void Report(int dimension, int bits, int[][] truth, IEnumerable<float[]> distances)
    {
        var found = new int[Depths.Length];
        foreach (var (expected, estimates) in truth.Zip(distances))
            for (var i = 0; i < Depths.Length; i++)
                found[i] += Best(estimates, Depths[i]).Intersect(expected).Count();
        var shares = found.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f / (double)(truth.Length * Nearest),9:F3}"));
        Console.WriteLine($"{dimension,5}-d, {bits} bit{(bits == 1 ? " " : "s")}{string.Concat(shares)}");
    }

    private static IEnumerable<float[]> ByBytes(float[] centre, float[][] vectors, float[][] queries)
    {
        var quantiser = new ByteQuantiser(centre, CodeDistance.SquaredL2);
        var codes = new sbyte[vectors.Length][];
        var tails = vectors.Select((v, i) => quantiser.Encode(v, codes[i] = new sbyte[quantiser.CodeBytes])).ToArray();
        foreach (var query in queries)
        {
            var code = new sbyte[quantiser.CodeBytes];
            var coded = quantiser.EncodeQuery(query, code);
            yield return [.. codes.Select((c, i) => coded.Distance(Product(code, c), tails[i]))];
        }
    }

    private static int Product(sbyte[] query, sbyte[] code)
    {
        fixed (sbyte* q = query, c = code) return KernelTable.Current.DotBytes(q, c, code.Length);
    }

    private static IEnumerable<float[]> ByBits(int bits, float[] centre, float[][] vectors, float[][] queries)
    {
        var quantiser = new BitQuantiser(bits, centre, CodeDistance.SquaredL2);
        var codes = new byte[vectors.Length][];
        var tails = vectors.Select((v, i) => quantiser.Encode(v, codes[i] = new byte[quantiser.CodeBytes])).ToArray();
        foreach (var query in queries)
        {
            var code = new sbyte[quantiser.QueryBytes];
            var coded = quantiser.EncodeQuery(query, code);
            yield return [.. codes.Select((c, i) => coded.Distance(Product(bits, code, c), tails[i]))];
        }
    }

    private static int Product(int bits, sbyte[] query, byte[] code)
    {
        var kernels = KernelTable.Current;
        fixed (sbyte* q = query)
        fixed (byte* c = code)
            return bits switch
            {
                4 => kernels.DotNibbles(q, c, code.Length),
                2 => kernels.DotPairs(q, c, code.Length),
                _ => kernels.DotBits(q, c, code.Length),
            };
    }

    private static int[] Best(float[] distances, int count)
    {
        var order = Enumerable.Range(0, distances.Length).ToArray();
        Array.Sort(distances.ToArray(), order);
        return order[..count];
    }
}
