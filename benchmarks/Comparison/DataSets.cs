using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>The sets: digits as they were scanned, and others that a fixed seed makes.</summary>
internal static unsafe class DataSets
{
    private const int Seed = 20261;
    private const int QueryCount = 1000;

    public static DataSet Make(string name, int? count, string? data) => name switch
    {
        "mnist" => Mnist(count ?? 60_000, data),
        "clustered384" => Synthetic(name, 384, count ?? 100_000, clusters: 1000, Clustered),
        "clustered128" => Synthetic(name, 128, count ?? 100_000, clusters: Math.Max(1000, (count ?? 100_000) / 100), Clustered),
        "text1536" => Synthetic(name, 1536, count ?? 50_000, clusters: 300, TextLike),
        _ => throw new ArgumentException($"There is no set '{name}': mnist, clustered128, clustered384 or text1536."),
    };

    private static DataSet Mnist(int count, string? data)
    {
        var directory = data ?? throw new ArgumentException("mnist needs MEMORYENGINE_DATA, a folder with vectors/mnist-784-*.u8bin.gz.");
        return new DataSet(
            "mnist", Read(Path.Combine(directory, "vectors", "mnist-784-base.u8bin.gz"), count),
            Read(Path.Combine(directory, "vectors", "mnist-784-query.u8bin.gz"), QueryCount));
    }

    private static VectorRows Read(string path, int most)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        Span<byte> header = stackalloc byte[8];
        stream.ReadExactly(header);
        var count = Math.Min(most, BinaryPrimitives.ReadInt32LittleEndian(header));
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var rows = Allocate(count, dimension, Metric.L2);
        var line = new byte[dimension];
        for (var row = 0; row < count; row++)
        {
            stream.ReadExactly(line);
            for (var i = 0; i < dimension; i++) rows[row][i] = line[i];
        }
        return rows;
    }

    private delegate void Draw(Gaussian gaussian, float[] spread, float[] offset, float[][] centres, Span<float> vector);

    /// <summary>Base and queries come from one stream, so that queries are like the vectors and are none of them.</summary>
    private static DataSet Synthetic(string name, int dimension, int count, int clusters, Draw draw)
    {
        var gaussian = new Gaussian(Seed);
        var spread = Enumerable.Range(0, dimension).Select(i => 1f / MathF.Sqrt(1f + (i / 16f))).ToArray();
        var offset = gaussian.Vector(spread, 1f);
        var centres = Enumerable.Range(0, clusters).Select(_ => gaussian.Vector(spread, 1f)).ToArray();
        var rows = Allocate(count, dimension, Metric.Cosine);
        var queries = Allocate(QueryCount, dimension, Metric.Cosine);
        var near = new float[dimension];
        for (var row = 0; row < count + QueryCount; row++)
        {
            var vector = new Span<float>(row < count ? rows[row] : queries[row - count], dimension);
            // Texts are copied and changed a little: one in fifty of those like texts.
            if (name == "text1536" && row > 0 && row < count && gaussian.Next(50) == 0)
            {
                rows.Span(gaussian.Next(row)).CopyTo(vector);
                gaussian.Fill(near, spread, 0.002f);
                TensorPrimitives.Add(vector, near, vector);
            }
            else
            {
                draw(gaussian, spread, offset, centres, vector);
                Turn(vector);
            }
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }
        return new DataSet(name, rows, queries);
    }

    /// <summary>A thousand Gaussians whose spectrum falls.</summary>
    private static void Clustered(Gaussian gaussian, float[] spread, float[] offset, float[][] centres, Span<float> vector)
    {
        gaussian.Fill(vector, spread, 0.6f);
        TensorPrimitives.Add(vector, centres[gaussian.Next(centres.Length)], vector);
    }

    /// <summary>Loose clusters around a large common offset, an effective dimension of some tens.</summary>
    private static void TextLike(Gaussian gaussian, float[] spread, float[] offset, float[][] centres, Span<float> vector)
    {
        gaussian.Fill(vector, spread, 0.8f);
        // The tail falls faster than that of the clustered set.
        for (var i = 0; i < vector.Length; i++) vector[i] *= spread[i];
        var centre = centres[gaussian.Next(centres.Length)];
        for (var i = 0; i < vector.Length; i++) vector[i] += (0.7f * centre[i] * spread[i]) + offset[i];
    }

    /// <summary>Plane rotations that mix every component with those a growing distance away, so that none is special.</summary>
    private static void Turn(Span<float> vector)
    {
        for (var distance = 1; distance < vector.Length; distance = (distance * 2) + 1)
            for (var i = 0; i + distance < vector.Length; i++)
            {
                var (a, b) = (vector[i], vector[i + distance]);
                (vector[i], vector[i + distance]) = ((0.8f * a) - (0.6f * b), (0.6f * a) + (0.8f * b));
            }
    }

    // Kept for the life of the process.
    private static VectorRows Allocate(int count, int dimension, Metric metric) =>
        new((float*)NativeMemory.AlignedAlloc((nuint)count * (nuint)dimension * sizeof(float), 64), count, dimension, metric);
}
