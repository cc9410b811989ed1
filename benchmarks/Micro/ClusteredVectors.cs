using System.Numerics.Tensors;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>
/// Unit vectors in the shape of text embeddings: a common offset, clusters, and a spectrum that falls, so that some tens of
/// directions hold most of what differs; the directions are turned, so that no component is special.
/// </summary>
internal static class ClusteredVectors
{
    public static float[][] Make(Random random, int count, int dimension, int clusters)
    {
        // A spread of one over the square root of the rank, flattened at the start: an effective dimension of some tens.
        var spread = Enumerable.Range(0, dimension).Select(j => 1f / MathF.Sqrt(1f + (j / 16f))).ToArray();
        var offset = Gaussian(random, spread, 1f);
        var centres = Enumerable.Range(0, clusters).Select(_ => Gaussian(random, spread, 1f)).ToArray();
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = Gaussian(random, spread, 0.6f);
            TensorPrimitives.Add<float>(vector, centres[random.Next(clusters)], vector);
            TensorPrimitives.Add<float>(vector, offset, vector);
            Turn(vector);
            TensorPrimitives.Divide<float>(vector, TensorPrimitives.Norm<float>(vector), vector);
            vectors[i] = vector;
        }
        return vectors;
    }

    /// <summary>Plane rotations that mix every component with those a growing distance away.</summary>
    private static void Turn(float[] vector)
    {
        for (var distance = 1; distance < vector.Length; distance = (distance * 2) + 1)
            for (var i = 0; i + distance < vector.Length; i++)
            {
                var (a, b) = (vector[i], vector[i + distance]);
                (vector[i], vector[i + distance]) = ((0.8f * a) - (0.6f * b), (0.6f * a) + (0.8f * b));
            }
    }

    private static float[] Gaussian(Random random, float[] spread, float scale)
    {
        var values = new float[spread.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble()));
            values[i] = scale * spread[i] * (float)(radius * Math.Cos(2.0 * Math.PI * random.NextDouble()));
        }
        return values;
    }
}
