using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>The documents of a sample as rows over the chosen terms, weighted by (1 + ln tf) * idf, at unit length.</summary>
internal sealed class SparseRows
{
    private readonly List<(int Column, float Value)> _entries = [];
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    public ReadOnlySpan<(int Column, float Value)> this[int row] =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries)[(row == 0 ? 0 : _ends[row - 1]).._ends[row]];

    public static SparseRows Of(TermSample sample, ulong[] terms, float[] idf)
    {
        var places = new Dictionary<ulong, int>(terms.Length);
        for (var i = 0; i < terms.Length; i++) places[terms[i]] = i;
        var rows = new SparseRows();
        for (var d = 0; d < sample.Documents; d++)
        {
            var start = rows._entries.Count;
            var all = sample.Terms(d);
            var counts = sample.Counts(d);
            for (var i = 0; i < all.Length; i++)
                if (places.TryGetValue(all[i], out var place)) rows._entries.Add((place, (1f + MathF.Log(counts[i])) * idf[place]));
            var own = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows._entries)[start..];
            var squares = 0.0;
            foreach (var (_, value) in own) squares += (double)value * value;
            var scale = squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0f;
            foreach (ref var entry in own) entry.Value *= scale;
            rows._ends.Add(rows._entries.Count);
        }
        return rows;
    }

    /// <summary>Adds the transpose of this matrix times itself times <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <param name="source">A row of <paramref name="width"/> values for each column of this matrix.</param>
    /// <param name="target">As long.</param>
    /// <param name="width">Values a row.</param>
    public void AddGramTimes(ReadOnlySpan<float> source, Span<float> target, int width)
    {
        var sum = new float[width];
        for (var row = 0; row < Count; row++)
        {
            Array.Clear(sum);
            foreach (var (column, value) in this[row]) TensorPrimitives.MultiplyAdd(source.Slice(column * width, width), value, sum, sum);
            foreach (var (column, value) in this[row])
            {
                var own = target.Slice(column * width, width);
                TensorPrimitives.MultiplyAdd(sum, value, own, own);
            }
        }
    }
}
