using System.Buffers;
using System.Numerics.Tensors;

namespace MemoryEngine.Kernels;

/// <summary>
/// One signed byte a dimension, −127 to 127, scaled so that the vector's largest component uses it up. Queries and vectors
/// are coded alike, so that codes can also be compared with each other; <see cref="IKernels.DotBytes"/> multiplies them.
/// Without state that changes: many threads may use one. Vectors are finite, and so are their squared norms.
/// </summary>
/// <remarks>
/// The tail carries the exact norm, and a factor that makes the error of a code perpendicular to its vector. What is left of
/// the error shrinks with the distance, which is where an order has to be right.
/// </remarks>
internal sealed class ByteQuantiser(ReadOnlySpan<float> centre, CodeDistance distance)
{
    private const int Largest = 127;
    private readonly Centring _centring = new(centre, distance);

    public int Dimension => _centring.Dimension;

    /// <summary>Bytes of a code and of a query's code; zeros may follow, and change nothing.</summary>
    public int CodeBytes => Dimension;

    /// <summary>Writes the code of a vector and returns what goes with it.</summary>
    public CodeTail Encode(ReadOnlySpan<float> vector, Span<sbyte> code)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dimension);
        var difference = rented.AsSpan(0, Dimension);
        _centring.Subtract(vector, difference);
        var add = _centring.TailAdd(difference);
        var step = Round(difference, code[..Dimension]);
        ArrayPool<float>.Shared.Return(rented);
        return new CodeTail(add, _centring.Weight * step);
    }

    /// <summary>Writes the code of a query and returns what turns products with it into distances.</summary>
    public CodeQuery EncodeQuery(ReadOnlySpan<float> query, Span<sbyte> code) => AsQuery(Encode(query, code));

    /// <summary>The same code, used as a query: for comparing codes with each other.</summary>
    public CodeQuery AsQuery(CodeTail tail) => new(_centring.QueryAdd(tail.Add), tail.Factor / _centring.Weight, 0f);

    /// <summary>Rounds to signed bytes, by the largest; returns the worth of one step, such that the error is perpendicular.</summary>
    /// <remarks>The vector is overwritten.</remarks>
    internal static float Round(Span<float> vector, Span<sbyte> code)
    {
        var largest = vector.IsEmpty ? 0f : MathF.Abs(TensorPrimitives.MaxMagnitude<float>(vector));
        // Below this a step is a subnormal number or none; such a vector is at the centre.
        if (!(largest > 1e-30f))
        {
            code.Clear();
            return 0f;
        }
        TensorPrimitives.Multiply(vector, Largest / largest, vector);
        var (norm, product) = (0f, 0f);
        for (var i = 0; i < vector.Length; i++)
        {
            var rounded = MathF.Round(vector[i]);
            code[i] = (sbyte)Math.Clamp(rounded, -Largest, Largest);
            norm += vector[i] * vector[i];
            product += vector[i] * rounded;
        }
        return largest / Largest * (norm / product);
    }
}
