using MemoryEngine.Index;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>How the rows that match lie to a query.</summary>
internal enum Lie
{
    /// <summary>Drawn by chance, the same for all queries.</summary>
    Anywhere,

    /// <summary>The nearest to each query.</summary>
    Near,

    /// <summary>The farthest from each query: all around it, at nearly one distance.</summary>
    Far,

    /// <summary>The nearest to the row that is the farthest from each query: together, and elsewhere.</summary>
    Elsewhere,
}

/// <summary>A part of the rows that may be found: for each query the bits, the rows as a list, and the true ten nearest.</summary>
internal sealed unsafe class FilterCase
{
    private const int Seed = 4711;

    private FilterCase(DataSet set, double part, Lie lie, int queries)
    {
        (Part, Lie, Queries) = (part, lie, queries);
        var matching = Math.Max(DataSet.K, (int)(part * set.Rows.Count));
        var shuffled = Enumerable.Range(0, set.Rows.Count).ToArray();
        new Random(Seed).Shuffle(shuffled);
        var shared = shuffled.Take(matching).Order().ToArray();
        (Rows, Bits, Truth) = (new int[queries][], new ulong[queries][], new int[queries][]);
        Parallel.For(0, queries, i =>
        {
            var distances = Distances(set.Rows, set.Queries[i]);
            Rows[i] = lie switch
            {
                Lie.Anywhere => shared,
                Lie.Elsewhere => Nearest(Distances(set.Rows, set.Rows[Array.IndexOf(distances, distances.Max())]), matching, isFar: false),
                _ => Nearest(distances, matching, lie == Lie.Far),
            };
            Truth[i] = [.. Rows[i].OrderBy(row => distances[row]).ThenBy(row => row).Take(DataSet.K)];
            Bits[i] = lie == Lie.Anywhere && i > 0 ? [] : new ulong[(set.Rows.Count + 63) / 64];
            foreach (var row in Bits[i].Length > 0 ? Rows[i] : []) Bits[i][row / 64] |= 1UL << (row % 64);
        });
        if (lie == Lie.Anywhere) Array.Fill(Bits, Bits[0]);
    }

    public double Part { get; }

    public Lie Lie { get; }

    public int Queries { get; }

    public int[][] Rows { get; }

    public ulong[][] Bits { get; }

    public int[][] Truth { get; }

    public static FilterCase Of(DataSet set, double part, Lie lie) => new(set, part, lie, lie == Lie.Anywhere ? set.Queries.Count : 50);

    private static float[] Distances(VectorRows rows, float* query) =>
        KernelDispatch.Use<Measuring, float[]>(new Measuring(rows, query));

    private static int[] Nearest(float[] distances, int count, bool isFar)
    {
        var rows = Enumerable.Range(0, distances.Length).ToArray();
        Array.Sort((float[])distances.Clone(), rows);
        return [.. (isFar ? rows.TakeLast(count) : rows.Take(count)).Order()];
    }

    private readonly struct Measuring(VectorRows rows, float* query) : IKernelUser<float[]>
    {
        public float[] Use<TKernels>()
            where TKernels : struct, IKernels
        {
            var distances = new float[rows.Count];
            for (var row = 0; row < rows.Count; row++) distances[row] = rows.Distance<TKernels>(query, row);
            return distances;
        }
    }
}
