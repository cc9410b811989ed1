using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors that a test keeps in native memory, as an index wants them.</summary>
internal sealed unsafe class TestVectors : IDisposable
{
    private readonly float* _first;

    public TestVectors(IReadOnlyList<float[]> vectors, int dimension, Metric metric)
    {
        _first = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, vectors.Count * dimension) * sizeof(float), 64);
        Rows = new VectorRows(_first, vectors.Count, dimension, metric);
        for (var row = 0; row < vectors.Count; row++)
        {
            var target = new Span<float>(Rows[row], dimension);
            if (metric == Metric.Cosine) VectorColumn.Normalise(vectors[row], target);
            else vectors[row].CopyTo(target);
        }
    }

    public VectorRows Rows { get; }

    /// <summary>Clusters, as real vectors have them.</summary>
    public static float[][] Clustered(Random random, int count, int dimension, int clusters)
    {
        var centres = Enumerable.Range(0, clusters).Select(_ => Gaussian(random, dimension, 1f)).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var centre = centres[random.Next(clusters)];
            return Gaussian(random, dimension, 0.5f).Select((v, i) => v + centre[i]).ToArray();
        })];
    }

    public static float[] Gaussian(Random random, int dimension, float scale) =>
        [.. Enumerable.Range(0, dimension).Select(_ =>
            scale * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    /// <summary>The nearest rows in double precision, best first, ties to the lower row.</summary>
    public int[] Exact(float[] query, int k, Func<int, bool>? allowed = null)
    {
        var rows = Rows;
        var length = rows.Metric == Metric.Cosine ? Math.Sqrt(query.Sum(q => (double)q * q)) : 1;
        return [.. Enumerable.Range(0, rows.Count).Where(row => allowed?.Invoke(row) ?? true)
            .OrderBy(row => Distance(rows.Span(row), query, length)).ThenBy(row => row).Take(k)];

        double Distance(ReadOnlySpan<float> vector, float[] query, double length)
        {
            var sum = 0.0;
            for (var i = 0; i < query.Length; i++)
            {
                var difference = (double)query[i] - vector[i];
                sum += rows.Metric == Metric.L2 ? difference * difference : -(double)query[i] * vector[i] / length;
            }
            return sum;
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_first);
}
