using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Makes codes of vectors and of queries. Around the mean of the vectors, since embeddings share a large common part; scaled
/// by a power of two where norms are so large or small that their squares would leave the floats; and no norm is taken for
/// longer than <see cref="LongestNorm"/>, so that one monstrous vector does not make every distance infinite.
/// </summary>
internal sealed class VectorCoder
{
    private const int Sample = 4096;
    private const float LongestNorm = 1e17f;
    private readonly ByteQuantiser? _bytes;
    private readonly BitQuantiser? _bits;
    private readonly float _scale;

    private VectorCoder(int bits, float[] centre, float scale, Metric metric)
    {
        var distance = metric == Metric.Dot ? CodeDistance.NegativeDot : CodeDistance.SquaredL2;
        (Bits, _scale, Centre, Metric) = (bits, scale, centre, metric);
        if (bits == 8) _bytes = new ByteQuantiser(centre, distance);
        else _bits = new BitQuantiser(bits, centre, distance);
        CodeBytes = _bytes?.CodeBytes ?? _bits!.CodeBytes;
        QueryBytes = _bytes?.CodeBytes ?? _bits!.QueryBytes;
        Weight = distance == CodeDistance.SquaredL2 ? 2f : 1f;
    }

    public int Bits { get; }

    public Metric Metric { get; }

    public float[] Centre { get; }

    public float Scale => _scale;

    public int CodeBytes { get; }

    public int QueryBytes { get; }

    /// <summary>What the metric multiplies a product by.</summary>
    public float Weight { get; }

    /// <summary>Whether a vector goes into its code as it is.</summary>
    private bool IsPlain => _scale == 1f;

    public static VectorCoder For(in VectorRows rows, int bits)
    {
        var step = Math.Max(1, rows.Count / Sample);
        var norms = new List<float>();
        for (var row = 0; row < rows.Count; row += step) norms.Add(Norm(rows.Span(row)));
        norms.Sort();
        var median = norms.Count == 0 ? 1f : norms[norms.Count / 2];
        var scale = median is > 1e12f or < 1e-12f and > 0f ? MathF.ScaleB(1f, Math.Clamp(-MathF.ILogB(median), -126, 126)) : 1f;
        return new VectorCoder(bits, Mean(rows, step, median, scale), scale, rows.Metric);
    }

    /// <summary>The coder that <see cref="For"/> made, from what a file kept of it.</summary>
    public static VectorCoder From(int bits, float[] centre, float scale, Metric metric) => new(bits, centre, scale, metric);

    public CodeTail Encode(ReadOnlySpan<float> vector, Span<byte> code)
    {
        if (IsPlain && TensorPrimitives.SumOfSquares(vector) < LongestNorm * LongestNorm) return EncodePlain(vector, code);
        var rented = ArrayPool<float>.Shared.Rent(vector.Length);
        var tail = EncodePlain(Tamed(vector, rented), code);
        ArrayPool<float>.Shared.Return(rented);
        return tail;
    }

    public CodeQuery EncodeQuery(ReadOnlySpan<float> query, Span<sbyte> code)
    {
        if (IsPlain && TensorPrimitives.SumOfSquares(query) < LongestNorm * LongestNorm) return EncodePlainQuery(query, code);
        var rented = ArrayPool<float>.Shared.Rent(query.Length);
        var coded = EncodePlainQuery(Tamed(query, rented), code);
        ArrayPool<float>.Shared.Return(rented);
        return coded;
    }

    /// <summary>A node's code as a query: eight bits only.</summary>
    public CodeQuery AsQuery(CodeTail tail) => _bytes!.AsQuery(tail);

    private CodeTail EncodePlain(ReadOnlySpan<float> vector, Span<byte> code) =>
        _bytes is { } bytes ? bytes.Encode(vector, MemoryMarshal.Cast<byte, sbyte>(code)) : _bits!.Encode(vector, code);

    private CodeQuery EncodePlainQuery(ReadOnlySpan<float> query, Span<sbyte> code) =>
        _bytes is { } bytes ? bytes.EncodeQuery(query, code) : _bits!.EncodeQuery(query, code);

    private ReadOnlySpan<float> Tamed(ReadOnlySpan<float> vector, float[] rented)
    {
        var tamed = rented.AsSpan(0, vector.Length);
        var norm = (double)Norm(vector) * _scale;
        var factor = norm > LongestNorm ? _scale * (LongestNorm / norm) : _scale;
        for (var i = 0; i < vector.Length; i++) tamed[i] = (float)(vector[i] * factor);
        return tamed;
    }

    /// <summary>The mean of a sample, without those so long that it would be theirs.</summary>
    private static float[] Mean(in VectorRows rows, int step, float median, float scale)
    {
        var sums = new double[rows.Dimension];
        var count = 0;
        for (var row = 0; row < rows.Count; row += step)
        {
            var vector = rows.Span(row);
            if (Norm(vector) > 1000.0 * median) continue;
            for (var i = 0; i < sums.Length; i++) sums[i] += (double)vector[i] * scale;
            count++;
        }
        return Array.ConvertAll(sums, sum => (float)(sum / Math.Max(count, 1)));
    }

    private static float Norm(ReadOnlySpan<float> vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        if (float.IsFinite(norm) && norm > 1e-18f) return norm;
        var sum = 0.0;
        foreach (var component in vector) sum += (double)component * component;
        return (float)Math.Min(Math.Sqrt(sum), float.MaxValue);
    }
}
