using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>Looks at the bytes of a vector before anybody computes with them.</summary>
internal interface IVectorGuard
{
    /// <exception cref="CorruptionException">They are not those that were written.</exception>
    void Verify(int row);
}

/// <summary>
/// Float vectors one behind the other, in memory that the caller keeps: an array of its own or a mapped file. For cosine they
/// are of unit length.
/// </summary>
internal readonly unsafe struct VectorRows(float* first, int count, int dimension, Metric metric, IVectorGuard? guard = null)
{
    public int Count { get; } = count;

    public int Dimension { get; } = dimension;

    public Metric Metric { get; } = metric;

    public float* this[int row] => first + ((nint)row * Dimension);

    public ReadOnlySpan<float> Span(int row) => new(this[row], Dimension);

    /// <summary>The exact distance; smaller is nearer, whatever the metric.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance<TKernels>(float* query, int row)
        where TKernels : struct, IKernels
    {
        guard?.Verify(row);
        var distance = Metric == Metric.L2
            ? TKernels.SquaredL2(query, this[row], Dimension)
            : -TKernels.Dot(query, this[row], Dimension);
        return float.IsFinite(distance) ? distance : OfHuge(query, this[row]);
    }

    /// <summary>What the metric calls the similarity: larger is nearer.</summary>
    public static float Similarity(float distance) => -distance;

    // Components beyond 10^19 overflow on the way, to an infinity or, where two meet, to a NaN that no order knows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private float OfHuge(float* query, float* vector)
    {
        var sum = 0.0;
        for (var i = 0; i < Dimension; i++)
        {
            var difference = (double)query[i] - vector[i];
            sum += Metric == Metric.L2 ? difference * difference : -((double)query[i] * vector[i]);
        }
        return (float)Math.Clamp(sum, float.MinValue, float.MaxValue);
    }
}
