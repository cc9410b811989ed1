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
/// <param name="first">The first component of the first vector.</param>
/// <param name="count">How many there are.</param>
/// <param name="dimension">Components of each.</param>
/// <param name="metric">What says how near two are.</param>
/// <param name="guard">Looks at a vector before it is compared; null where nothing can have happened to them.</param>
/// <param name="ask">Begins to read a range of a mapped file, given its address and bytes; null where they are always in memory.</param>
internal readonly unsafe struct VectorRows(
    float* first, int count, int dimension, Metric metric, IVectorGuard? guard = null, Action<nint, nint>? ask = null)
{
    public int Count { get; } = count;

    public int Dimension { get; } = dimension;

    public Metric Metric { get; } = metric;

    public float* this[int row] => first + ((nint)row * Dimension);

    /// <summary>Whether they may be on the device and not in memory.</summary>
    public bool CanAsk => ask is not null;

    /// <summary>Begins to read a vector that may not be in memory, and does not wait for it.</summary>
    public void Ask(int row) => ask?.Invoke((nint)this[row], (nint)Dimension * sizeof(float));

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
