using System.Numerics.Tensors;

namespace MemoryEngine.Kernels;

/// <summary>
/// What both quantisers begin with: vectors are coded as they differ from a centre. Distances do not change by it, and
/// embeddings share a large common part that would use up the codes' few levels.
/// </summary>
internal sealed class Centring(ReadOnlySpan<float> centre, CodeDistance distance)
{
    private readonly float[] _centre = centre.ToArray();
    private readonly float _squaredNorm = TensorPrimitives.SumOfSquares(centre);

    public int Dimension => _centre.Length;

    /// <summary>What a product of two difference vectors counts for in the distance.</summary>
    public float Weight { get; } = distance == CodeDistance.SquaredL2 ? -2f : -1f;

    /// <summary>The mean of vectors that lie behind one another: a good centre, from a thousand or more of them.</summary>
    public static float[] Mean(ReadOnlySpan<float> vectors, int dimension)
    {
        var sums = new double[dimension];
        var count = vectors.Length / dimension;
        for (var i = 0; i < count; i++)
            for (var j = 0; j < dimension; j++)
                sums[j] += vectors[(i * dimension) + j];
        return Array.ConvertAll(sums, s => (float)(s / Math.Max(count, 1)));
    }

    public void Subtract(ReadOnlySpan<float> vector, Span<float> difference) =>
        TensorPrimitives.Subtract(vector, _centre, difference);

    /// <summary><see cref="CodeTail.Add"/> of a vector that differs so from the centre.</summary>
    public float TailAdd(ReadOnlySpan<float> difference) => distance == CodeDistance.SquaredL2
        ? TensorPrimitives.SumOfSquares(difference)
        : -TensorPrimitives.Dot(difference, _centre);

    /// <summary><see cref="CodeQuery.Add"/> of a query whose <see cref="CodeTail.Add"/> would be this.</summary>
    public float QueryAdd(float tailAdd) => distance == CodeDistance.SquaredL2 ? tailAdd : tailAdd - _squaredNorm;
}
