using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>
/// The directions in which sparse rows vary most, by randomised subspace iteration (Halko, Martinsson and Tropp 2011,
/// algorithm 4.4): random directions, multiplied by the matrix and its transpose and made orthonormal, some times over.
/// </summary>
internal static class SubspaceIteration
{
    /// <summary>On CACM a fourth changes no figure's third digit.</summary>
    private const int Iterations = 3;

    /// <summary>Of a direction's square, what must be its own: less is what single precision makes of nothing.</summary>
    private const double LeastOwn = 1e-7;

    /// <summary>Rows whose products are summed in single precision before they go to a double.</summary>
    private const int Block = 256;

    /// <summary>Finds an orthonormal basis of the leading right singular vectors' span: a row of <paramref name="rank"/> values a column.</summary>
    public static float[] Run(SparseRows matrix, int columns, int rank, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var basis = new float[columns * rank];
        foreach (ref var value in basis.AsSpan()) value = Gaussian(random);
        var next = new float[columns * rank];
        for (var i = 0; i < Iterations; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(next);
            matrix.AddGramTimes(basis, next, rank);
            (basis, next) = (next, basis);
            // Once leaves what rounding made of nearly parallel columns; twice is enough (Yamamoto et al. 2015).
            Orthonormalise(basis, columns, rank);
            Orthonormalise(basis, columns, rank);
        }
        return basis;
    }

    // By the Cholesky factor of the Gram matrix.
    private static void Orthonormalise(float[] basis, int columns, int rank)
    {
        var inverse = InverseOfFactor(Gram(basis, columns, rank), rank);
        var row = new float[rank];
        for (var c = 0; c < columns; c++)
        {
            var own = basis.AsSpan(c * rank, rank);
            own.CopyTo(row);
            own.Clear();
            for (var k = 0; k < rank; k++)
                TensorPrimitives.MultiplyAdd(inverse.AsSpan((k * rank) + k, rank - k), row[k], own[k..], own[k..]);
        }
    }

    private static double[] Gram(float[] basis, int columns, int rank)
    {
        var gram = new double[rank * rank];
        var block = new float[rank * rank];
        for (var from = 0; from < columns; from += Block)
        {
            Array.Clear(block);
            for (var c = from; c < Math.Min(from + Block, columns); c++)
            {
                var row = basis.AsSpan(c * rank, rank);
                for (var k = 0; k < rank; k++)
                {
                    var sums = block.AsSpan((k * rank) + k, rank - k);
                    TensorPrimitives.MultiplyAdd(row[k..], row[k], sums, sums);
                }
            }
            for (var i = 0; i < gram.Length; i++) gram[i] += block[i];
        }
        return gram;
    }

    // The upper triangle R of gram = R'R, inverted; a direction that those before it hold already becomes zero, and stays it.
    private static float[] InverseOfFactor(double[] gram, int rank)
    {
        var factor = new double[rank * rank];
        var isHeld = new bool[rank];
        for (var i = 0; i < rank; i++)
        {
            for (var j = i; j < rank; j++)
            {
                var rest = gram[(i * rank) + j];
                for (var k = 0; k < i; k++) rest -= factor[(k * rank) + i] * factor[(k * rank) + j];
                if (i == j) isHeld[i] = !(rest > LeastOwn * gram[(i * rank) + i]);
                factor[(i * rank) + j] = isHeld[i] ? (i == j ? 1 : 0) : i == j ? Math.Sqrt(rest) : rest / factor[(i * rank) + i];
            }
        }
        var inverse = new double[rank * rank];
        for (var j = rank - 1; j >= 0; j--)
        {
            if (isHeld[j]) continue;
            inverse[(j * rank) + j] = 1 / factor[(j * rank) + j];
            for (var i = j - 1; i >= 0; i--)
            {
                var sum = 0.0;
                for (var k = i + 1; k <= j; k++) sum += factor[(i * rank) + k] * inverse[(k * rank) + j];
                inverse[(i * rank) + j] = -sum / factor[(i * rank) + i];
            }
        }
        return [.. inverse.Select(v => (float)v)];
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
