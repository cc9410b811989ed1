using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>What codes are compared by; smaller is nearer.</summary>
internal enum CodeDistance
{
    /// <summary>|q − x|²; for unit vectors it is 2 − 2·cos, and orders as the cosine does.</summary>
    SquaredL2,

    /// <summary>−Σ qᵢxᵢ.</summary>
    NegativeDot,
}

/// <summary>
/// The eight bytes that go with each code, kept wherever the owner of the code finds them cheapest to read:
/// <see cref="Add"/>, then <see cref="Factor"/>, each a 32-bit float in the machine's order.
/// </summary>
/// <param name="Add">The part of the distance that the vector brings, whatever the query.</param>
/// <param name="Factor">What a product of codes is worth, −2 or −1 for the metric included.</param>
internal readonly record struct CodeTail(float Add, float Factor);

/// <summary>What goes with a query's code: how the product of two codes becomes a distance.</summary>
/// <param name="Add">The part of the distance that the query brings, whatever the vector.</param>
/// <param name="Scale">What one step of the query's code is worth.</param>
/// <param name="Offset">Taken from the product first: codes of few bits count from zero instead of around it.</param>
internal readonly record struct CodeQuery(float Add, float Scale, float Offset)
{
    /// <summary>The estimated distance, from what <see cref="IKernels"/> made of the two codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance(int product, CodeTail tail) => Add + tail.Add + (Scale * tail.Factor * (product - Offset));

    /// <summary>The same of four codes, each to the last bit what it is by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Distances(Vector128<int> products, CodeTail a, CodeTail b, CodeTail c, CodeTail d)
    {
        var (add, factor) = (Vector128.Create(a.Add, b.Add, c.Add, d.Add), Vector128.Create(a.Factor, b.Factor, c.Factor, d.Factor));
        return Vector128.Create(Add) + add
            + (Vector128.Create(Scale) * factor * (Vector128.ConvertToSingle(products) - Vector128.Create(Offset)));
    }
}
