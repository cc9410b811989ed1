using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Index;

/// <summary>
/// What one posting adds to the score of its row, in whole units of 2^-k: sums of whole numbers do not depend on their order,
/// so a score is the same to the last bit however the search went about it. The unit is chosen for each query so that no score
/// reaches 2^30 of them: about a millionth for 250 words, which is what floats of the scores worth finding are apart.
/// </summary>
/// <param name="meanLength">The mean lexical length in the view.</param>
internal readonly unsafe struct Bm25(float meanLength)
{
    private readonly float _base = LexicalIndex.K1 * (1f - LexicalIndex.B);
    private readonly float _slope = LexicalIndex.K1 * LexicalIndex.B / meanLength;

    /// <summary>The inverse document frequency.</summary>
    /// <param name="rows">Live rows.</param>
    /// <param name="holding">Live rows that have the term.</param>
    public static float Idf(long rows, long holding) =>
        // In single precision the idf of a term that ten million rows all have would be zero, as if none had it.
        (float)Math.Log(1 + ((rows - holding + 0.5) / (holding + 0.5)));

    /// <summary>What a posting adds: at least one unit, or the row would look as if it had none of the words.</summary>
    /// <param name="gain">What it adds at most, in units.</param>
    /// <param name="frequency">How often the row has the term.</param>
    /// <param name="length">The row's length; only its low 31 bits count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Units(float gain, int frequency, int length)
    {
        var norm = _base + (_slope * (length & int.MaxValue));
        return Math.Max(1, (int)(gain * frequency / (frequency + norm)));
    }

    /// <summary>No posting with at most this frequency in a row of at least this length adds more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Bound(float gain, int frequency, int length)
    {
        // Rounded quotients are not quite monotone.
        var units = gain * frequency / (frequency + _base + (_slope * (length & int.MaxValue)));
        return (int)(units * 1.000001f) + 1;
    }

    /// <summary><see cref="Units"/> of many postings of a term, in place of their frequencies.</summary>
    /// <param name="gain">What each adds at most, in units.</param>
    /// <param name="rows">Their rows, which all have a length.</param>
    /// <param name="lengths">The lengths.</param>
    /// <param name="frequencies">Their frequencies; gets the units.</param>
    /// <param name="count">How many.</param>
    public void ToUnits(float gain, int* rows, int* lengths, int* frequencies, int count)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var (gains, bases, slopes) = (Vector256.Create(gain), Vector256.Create(_base), Vector256.Create(_slope));
            var (low, one) = (Vector256.Create(int.MaxValue), Vector256<int>.One);
            for (; i <= count - Vector256<int>.Count; i += Vector256<int>.Count)
            {
                // One by one: gathering takes half as long again on the processors that this was measured on.
                var r = rows + i;
                var length = Vector256.Create(
                    lengths[r[0]], lengths[r[1]], lengths[r[2]], lengths[r[3]], lengths[r[4]], lengths[r[5]], lengths[r[6]], lengths[r[7]]) & low;
                var frequency = Vector256.ConvertToSingle(Vector256.Load(frequencies + i));
                var units = gains * frequency / (frequency + (bases + (slopes * Vector256.ConvertToSingle(length))));
                Vector256.Max(one, Vector256.ConvertToInt32Native(units)).Store(frequencies + i);
            }
        }
        for (; i < count; i++) frequencies[i] = Units(gain, frequencies[i], lengths[rows[i]]);
    }
}
