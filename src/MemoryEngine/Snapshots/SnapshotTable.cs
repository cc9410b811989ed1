using MemoryEngine.Segments;

namespace MemoryEngine.Snapshots;

/// <summary>A name for a view.</summary>
/// <param name="Name">The name.</param>
/// <param name="Sequence">The newest sequence that counts.</param>
/// <param name="CreatedMicroseconds">When it was made; a reader of the snapshot takes this for now.</param>
/// <param name="View">What counts.</param>
/// <param name="Live">The live rows, counted when it was made: so neither reading it nor rolling back to it counts them.</param>
internal sealed record NamedView(string Name, long Sequence, long CreatedMicroseconds, View View, LiveRows Live);

/// <summary>The snapshots of a pool, oldest first. The applier alone writes; readers take <see cref="All"/> as it is.</summary>
internal sealed class SnapshotTable
{
    private NamedView[] _all = [];

    public IReadOnlyList<NamedView> All => Volatile.Read(ref _all);

    public NamedView? Find(string name) => Array.Find(Volatile.Read(ref _all), s => s.Name == name);

    public void Add(NamedView snapshot) => Volatile.Write(ref _all, [.. _all, snapshot]);

    /// <summary>Tells the snapshots that a row is about to hold nothing any more.</summary>
    public void Forget(RowTable table, int row)
    {
        var counted = new NamedView[_all.Length];
        for (var i = 0; i < counted.Length; i++)
        {
            var snapshot = _all[i];
            counted[i] = table.IsLive(row, snapshot.View)
                ? snapshot with { Live = snapshot.Live.With(table.LengthOf(row), -1) }
                : snapshot;
        }
        Volatile.Write(ref _all, counted);
    }

    public void Drop(string name) => Volatile.Write(ref _all, Array.FindAll(_all, s => s.Name != name));
}
