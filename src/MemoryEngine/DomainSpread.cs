using MemoryEngine.Evidence.Advising;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// How much of what sets the memories of a level apart is their domain: of the vectors in which texts are searched. Each is read once,
/// domain after domain, from where recalls read it; nothing is kept of it but sums, and nothing waits for it: a few vectors at a time are
/// read, between which whoever merges segments gets its turn.
/// </summary>
internal sealed class DomainSpread(Pool pool)
{
    private const int Batch = 1024;

    /// <summary>A figure for each level; none where texts have no vectors.</summary>
    /// <exception cref="MemoryEngineException">A file is damaged, and the journal too.</exception>
    public IReadOnlyList<DomainVariance> Measure(CancellationToken cancellation)
    {
        var places = Place();
        while (Space is { } space)
        {
            var found = Enum.GetValues<MemoryLevel>().Select(level => Measure(level, space, places[(int)level], cancellation)).ToList();
            // What was learned meanwhile took the place of what was read, and that may have been gone before the end.
            if (Space == space) return found;
        }
        return [];
    }

    private SpaceEntry? Space => pool.Table.Spaces.Serving?.Entry ?? pool.Table.Spaces.Text;

    // By level, in the order of their domains and within them of their rows. Of what names no domain nobody knows whose it is.
    private List<(int Domain, int Row)>[] Place()
    {
        var places = new List<(int Domain, int Row)>[(int)MemoryLevel.Strategy + 1];
        for (var level = 0; level < places.Length; level++) places[level] = [];
        foreach (var row in ActiveMemories.RowsOf(pool))
        {
            ref readonly var r = ref pool.Table.Rows[row];
            if (pool.Table.Names[r.Domain].Length > 0) places[(int)r.Level].Add((r.Domain, row));
        }
        foreach (var level in places) level.Sort();
        return places;
    }

    private DomainVariance Measure(
        MemoryLevel level, SpaceEntry space, List<(int Domain, int Row)> places, CancellationToken cancellation)
    {
        var variance = new VarianceByGroup(space.Space.Dimension);
        for (var at = 0; at < places.Count;)
        {
            cancellation.ThrowIfCancellationRequested();
            at = AddSome(space, places, at, variance);
        }
        variance.EndGroup();
        return new DomainVariance(level, variance.Count, variance.Groups, variance.Adjusted, variance.Raw);
    }

    // Returns where to go on: behind what was read, or where damage was met that is mended now.
    private int AddSome(SpaceEntry space, List<(int Domain, int Row)> places, int from, VarianceByGroup variance)
    {
        var (at, end) = (from, Math.Min(from + Batch, places.Count));
        var readers = pool.Table.Parts.Readers;
        var epoch = readers.Enter();
        var parts = pool.Table.Parts.Current;
        CorruptionException damage;
        try
        {
            // A pool that was closed meanwhile has no parts.
            pool.ThrowIfDisposed();
            for (; at < end; at++)
            {
                if (at > 0 && places[at].Domain != places[at - 1].Domain) variance.EndGroup();
                var row = places[at].Row;
                if (parts.TryFind(space.Id, row, out var vector) && !pool.Table.IsErased(row) && Says(space, vector)) variance.Add(vector);
            }
            return end;
        }
        catch (CorruptionException e)
        {
            damage = e;
        }
        finally
        {
            readers.Exit(epoch);
        }
        if (!pool.Mending.TryMend(damage, parts)) throw damage;
        return at;
    }

    // What is learned has zeros for texts of which it knows no word.
    private static bool Says(SpaceEntry space, ReadOnlySpan<float> vector) =>
        space.Space.Metric != Metric.Cosine || vector.ContainsAnyExcept(0f);
}
