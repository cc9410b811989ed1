using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Index;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>
/// Vectors in the four forms that benchmarks are published in. <c>.fvecs</c> and <c>.bvecs</c>: for each vector its dimension
/// as int32, then floats or bytes. <c>.fbin</c> and <c>.u8bin</c>: count and dimension as int32, then floats or bytes.
/// </summary>
internal static class VectorFile
{
    private const int MostDimensions = 65_536;

    public static VectorMatrix Read(string path, Metric metric)
    {
        var (isByte, hasCount) = Path.GetExtension(path) switch
        {
            ".fvecs" => (false, false),
            ".bvecs" => (true, false),
            ".fbin" => (false, true),
            ".u8bin" => (true, true),
            _ => throw new UsageException($"{path} is no vector file: it ends in .fvecs, .bvecs, .fbin or .u8bin."),
        };
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        var (count, dimension) = Sizes(file, path, isByte ? 1 : sizeof(float), hasCount);
        var vectors = new VectorMatrix(count, dimension, metric);
        try
        {
            Fill(file, path, vectors, isByte, hasCount);
            return vectors;
        }
        catch
        {
            vectors.Dispose();
            throw;
        }
    }

    private static (int Count, int Dimension) Sizes(FileStream file, string path, int componentBytes, bool hasCount)
    {
        Span<byte> header = stackalloc byte[2 * sizeof(int)];
        var needed = hasCount ? header.Length : sizeof(int);
        if (file.Length == 0 && !hasCount) throw new UsageException($"{path} is empty.");
        if (file.Length < needed) throw new UsageException($"{path} has {file.Length} bytes, too few for a header.");
        file.ReadExactly(header[..needed]);
        file.Position = hasCount ? needed : 0;
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(header[(hasCount ? sizeof(int) : 0)..]);
        if (dimension is < 1 or > MostDimensions)
            throw new UsageException($"{path} says that its vectors have {dimension} dimensions; it may be 1 to {MostDimensions}.");
        var vectorBytes = ((long)dimension * componentBytes) + (hasCount ? 0 : sizeof(int));
        var body = file.Length - file.Position;
        var count = hasCount ? BinaryPrimitives.ReadInt32LittleEndian(header) : body / vectorBytes;
        if (count is < 0 or > int.MaxValue || count * vectorBytes != body)
            throw new UsageException(
                $"{path} has {body} bytes of vectors; " +
                (hasCount ? $"{count} vectors" : "whole vectors")
                + $" of {dimension} dimensions take {(hasCount ? count : count + 1) * vectorBytes}.");
        return ((int)count, dimension);
    }

    private static void Fill(FileStream file, string path, VectorMatrix vectors, bool isByte, bool hasCount)
    {
        var (count, dimension) = (vectors.Rows.Count, vectors.Rows.Dimension);
        var line = new byte[(hasCount ? 0 : sizeof(int)) + (dimension * (isByte ? 1 : sizeof(float)))];
        for (var row = 0; row < count; row++)
        {
            file.ReadExactly(line);
            if (!hasCount && BinaryPrimitives.ReadInt32LittleEndian(line) is var own && own != dimension)
                throw new UsageException($"{path}: vector {row} has {own} dimensions, those before it {dimension}.");
            var components = line.AsSpan(hasCount ? 0 : sizeof(int));
            var vector = vectors[row];
            if (isByte) TensorPrimitives.ConvertTruncating<byte, float>(components, vector);
            else MemoryMarshal.Cast<byte, float>(components).CopyTo(vector);
            Accept(path, row, vector, vectors.Rows.Metric);
        }
    }

    private static void Accept(string path, int row, Span<float> vector, Metric metric)
    {
        foreach (var component in vector)
            if (!float.IsFinite(component)) throw new UsageException($"{path}: vector {row} has a component that is no number: {component}.");
        if (metric != Metric.Cosine) return;
        VectorColumn.Normalise(vector, vector);
        if (TensorPrimitives.SumOfSquares<float>(vector) == 0f)
            throw new UsageException($"{path}: vector {row} is zero, which has no direction for a cosine.");
    }
}
