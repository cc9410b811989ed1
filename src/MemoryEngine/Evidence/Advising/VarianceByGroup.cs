using System.Numerics.Tensors;

namespace MemoryEngine.Evidence.Advising;

/// <summary>
/// How much of the variance of vectors the group explains that each is in: the sum of squared distances between the groups' means, each
/// counted as often as it has members, by that of all vectors to their common mean. Groups come one after the other, so there is one sum
/// for the group in hand and one for all, however many groups there are.
/// </summary>
/// <remarks>
/// Source: the one-way decomposition of variance (Fisher 1925) for vectors, whose distances are Euclidean: the R² of Anderson (2001), A new
/// method for non-parametric multivariate analysis of variance. On unit vectors that is the order of the cosine too.
/// </remarks>
/// <param name="dimension">Components of a vector.</param>
internal sealed class VarianceByGroup(int dimension)
{
    /// <summary>
    /// So many more vectors than groups it takes to say something. Where the group explains nothing and the vectors have a single component,
    /// chance alone moves <see cref="Adjusted"/> by √(2 / (n - g)) at most, 0.32 here; by the square root of the components less where
    /// they have many.
    /// </summary>
    public const int LeastFreedom = 20;

    private readonly double[] _origin = new double[dimension];
    private readonly double[] _vector = new double[dimension];
    private readonly double[] _group = new double[dimension];
    private readonly double[] _all = new double[dimension];
    private double _squares;
    private double _groupSquares;
    private long _inGroup;

    /// <summary>How many vectors there were.</summary>
    public long Count { get; private set; }

    /// <summary>How many groups had any.</summary>
    public long Groups { get; private set; }

    /// <summary>R²: the share, 0 to 1, of the vectors at hand; null where they do not vary. Near 1 by chance alone where groups are small.</summary>
    public double? Raw
    {
        get
        {
            if (Count == 0) return null;
            var mean = TensorPrimitives.SumOfSquares<double>(_all) / Count;
            var (between, total) = (_groupSquares - mean, _squares - mean);
            return total > 0 ? Math.Clamp(between / total, 0, 1) : null;
        }
    }

    /// <summary>
    /// The share beyond what chance explains: 1 - (1 - R²)(n - 1) / (n - g). Its mean over all ways to deal the groups out among the
    /// vectors is 0, whatever the vectors are, so it may be below 0. Null where there are too few vectors, or one group.
    /// </summary>
    /// <remarks>
    /// Source: Kelley (1935), An unbiased correlation ratio measure. Dealt out by chance, R² is (g - 1) / (n - 1) in the mean.
    /// </remarks>
    public double? Adjusted => Groups < 2 || Count - Groups < LeastFreedom ? null : 1 - ((1 - Raw) * (Count - 1) / (Count - Groups));

    /// <summary>Takes a vector of the group in hand.</summary>
    public void Add(ReadOnlySpan<float> vector)
    {
        TensorPrimitives.ConvertTruncating(vector, _vector.AsSpan());
        // Sums of what lies far from nought would leave no digits for how far apart it lies.
        if (Count == 0) _vector.CopyTo(_origin.AsSpan());
        TensorPrimitives.Subtract<double>(_vector, _origin, _vector);
        TensorPrimitives.Add<double>(_group, _vector, _group);
        _squares += TensorPrimitives.SumOfSquares<double>(_vector);
        Count++;
        _inGroup++;
    }

    /// <summary>The group in hand has no more.</summary>
    public void EndGroup()
    {
        if (_inGroup == 0) return;
        TensorPrimitives.Add<double>(_all, _group, _all);
        _groupSquares += TensorPrimitives.SumOfSquares<double>(_group) / _inGroup;
        _group.AsSpan().Clear();
        _inGroup = 0;
        Groups++;
    }
}
