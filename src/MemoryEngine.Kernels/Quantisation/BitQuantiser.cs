using System.Buffers;
using System.Numerics.Tensors;

namespace MemoryEngine.Kernels;

/// <summary>
/// Four, two or one bits a dimension, of the rotated vector, packed as <see cref="BitBody"/> says; the query keeps a byte a
/// dimension. <see cref="IKernels.DotNibbles"/>, <see cref="IKernels.DotPairs"/> and <see cref="IKernels.DotBits"/> multiply
/// them. Tail and limits are those of <see cref="ByteQuantiser"/>.
/// </summary>
internal sealed class BitQuantiser
{
    // Register of the narrowest vector: codes in whole ones need no rest.
    private const int Granularity = 16;
    private readonly Centring _centring;
    private readonly Rotation _rotation;
    private readonly int _levels;
    private readonly float _step;

    /// <param name="bits">4, 2 or 1.</param>
    /// <param name="centre">As <see cref="Centring.Mean"/> finds it; its length is the dimension.</param>
    /// <param name="distance">What is estimated.</param>
    public BitQuantiser(int bits, ReadOnlySpan<float> centre, CodeDistance distance)
    {
        // The steps that lose least of a normal distribution, which is what the rotation makes, in standard deviations.
        _step = bits switch
        {
            4 => 0.3352f,
            2 => 0.9957f,
            1 => 1f,
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "A code has 4, 2 or 1 bits a dimension."),
        };
        Bits = bits;
        _levels = 1 << bits;
        _centring = new Centring(centre, distance);
        _rotation = new Rotation(centre.Length);
        CodeBytes = (((centre.Length * bits) + (8 * Granularity) - 1) / (8 * Granularity)) * Granularity;
    }

    public int Bits { get; }

    public int Dimension => _centring.Dimension;

    /// <summary>Bytes of a code, a multiple of 16.</summary>
    public int CodeBytes { get; }

    /// <summary>Bytes of a query's code: one for each field of a code.</summary>
    public int QueryBytes => CodeBytes * (8 / Bits);

    /// <summary>Writes the code of a vector and returns what goes with it.</summary>
    public CodeTail Encode(ReadOnlySpan<float> vector, Span<byte> code)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dimension);
        var difference = rented.AsSpan(0, Dimension);
        _centring.Subtract(vector, difference);
        var add = _centring.TailAdd(difference);
        _rotation.Apply(difference);
        var factor = Pack(difference, code[..CodeBytes]);
        ArrayPool<float>.Shared.Return(rented);
        return new CodeTail(add, _centring.Weight * factor);
    }

    /// <summary>Writes the code of a query and returns what turns products with it into distances.</summary>
    public CodeQuery EncodeQuery(ReadOnlySpan<float> query, Span<sbyte> code)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dimension);
        var difference = rented.AsSpan(0, Dimension);
        _centring.Subtract(query, difference);
        var add = _centring.TailAdd(difference);
        _rotation.Apply(difference);
        code = code[..QueryBytes];
        code.Clear();
        var step = ByteQuantiser.Round(difference, code[..Dimension]);
        ArrayPool<float>.Shared.Return(rented);
        var sum = 0;
        foreach (var value in code) sum += value;
        return new CodeQuery(_centring.QueryAdd(add), step, Middle * sum);
    }

    /// <summary>Half of the largest level: what stands for zero.</summary>
    private float Middle => (_levels - 1) / 2f;

    /// <summary>Writes the levels; returns the worth of one, such that the code's error is perpendicular to the vector.</summary>
    private float Pack(ReadOnlySpan<float> vector, Span<byte> code)
    {
        code.Clear();
        var deviation = MathF.Sqrt(TensorPrimitives.SumOfSquares(vector) / Math.Max(vector.Length, 1));
        if (!(deviation > 1e-30f)) return 0f;
        var inverse = 1f / (_step * deviation);
        var (norm, product) = (0f, 0f);
        var (at, shift) = (0, 0);
        foreach (var component in vector)
        {
            var scaled = component * inverse;
            // Levels stand half a step beside zero, so that flooring rounds to the nearest.
            var level = (int)Math.Clamp(MathF.Floor(scaled) + (_levels / 2), 0, _levels - 1);
            code[at] |= (byte)(level << shift);
            norm += scaled * scaled;
            product += scaled * (level - Middle);
            if (++at < code.Length) continue;
            (at, shift) = (0, shift + Bits);
        }
        return _step * deviation * (norm / product);
    }
}
