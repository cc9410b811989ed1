using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>
/// A fixed rotation that spreads what a vector holds evenly over its components, so that a few bits serve each as well as
/// the next. Lengths and angles stay. Random signs and fast Hadamard transforms by turns; where the dimension is no power of
/// two, over its first and its last part by turns, which overlap. The same everywhere and in every version: codes depend on it.
/// </summary>
internal sealed class Rotation
{
    private const ulong Seed = 0x5DEE_CE66_D1CE_4E5B;
    private readonly int _dimension;
    private readonly int _block;
    private readonly float[][] _signs;

    public Rotation(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        _dimension = dimension;
        _block = 1 << BitOperations.Log2((uint)dimension);
        var rounds = _block == dimension ? 3 : 6;
        var state = Seed;
        // The transform multiplies lengths by the root of its size; the signs take that back.
        var scale = 1f / MathF.Sqrt(_block);
        _signs = new float[rounds][];
        for (var round = 0; round < rounds; round++)
            _signs[round] = Enumerable.Range(0, _block).Select(_ => (Next(ref state) >> 63) == 0 ? scale : -scale).ToArray();
    }

    /// <summary>Rotates in place.</summary>
    public void Apply(Span<float> vector)
    {
        for (var round = 0; round < _signs.Length; round++)
        {
            var start = (round & 1) == 0 ? 0 : _dimension - _block;
            var part = vector.Slice(start, _block);
            TensorPrimitives.Multiply(part, _signs[round], part);
            Hadamard(part);
        }
    }

    private static void Hadamard(Span<float> part)
    {
        if (part.Length < Vector128<float>.Count)
        {
            for (var half = 1; half < part.Length; half *= 2) Halves(part, half);
            return;
        }
        // Distances one and two lie within a register.
        var (alternate, opposite) = (Vector128.Create(1f, -1f, 1f, -1f), Vector128.Create(1f, 1f, -1f, -1f));
        for (var i = 0; i < part.Length; i += Vector128<float>.Count)
        {
            var lanes = Vector128.Create<float>(part[i..]);
            lanes = Vector128.Shuffle(lanes, Vector128.Create(1, 0, 3, 2)) + (lanes * alternate);
            lanes = Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1)) + (lanes * opposite);
            lanes.CopyTo(part[i..]);
        }
        for (var half = Vector128<float>.Count; half < part.Length; half *= 2) WideHalves(part, half);
    }

    /// <summary>Sums and differences component by component, so that every width gives the same bits.</summary>
    private static void WideHalves(Span<float> part, int half)
    {
        for (var start = 0; start < part.Length; start += 2 * half)
        {
            var first = part.Slice(start, half);
            var second = part.Slice(start + half, half);
            var i = 0;
            for (; Vector512.IsHardwareAccelerated && i <= half - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var (a, b) = (Vector512.Create<float>(first[i..]), Vector512.Create<float>(second[i..]));
                (a + b).CopyTo(first[i..]);
                (a - b).CopyTo(second[i..]);
            }
            for (; i < half; i += Vector128<float>.Count)
            {
                var (a, b) = (Vector128.Create<float>(first[i..]), Vector128.Create<float>(second[i..]));
                (a + b).CopyTo(first[i..]);
                (a - b).CopyTo(second[i..]);
            }
        }
    }

    private static void Halves(Span<float> part, int half)
    {
        for (var i = 0; i < part.Length; i++)
            if ((i & half) == 0) (part[i], part[i + half]) = (part[i] + part[i + half], part[i] - part[i + half]);
    }

    /// <summary>SplitMix64: a known sequence, which a library's random numbers are not.</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
