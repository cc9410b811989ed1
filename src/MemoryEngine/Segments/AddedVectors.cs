using System.Collections.Concurrent;
using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// Vectors that rows got after their births, in memory until a file holds them: those of a re-embedding, and those that an
/// embedder missed. They are searched exactly. Who adds to them or takes from them takes <see cref="PartSet"/>'s turn;
/// readers take no locks.
/// </summary>
internal sealed class AddedVectors
{
    private readonly Column?[] _columns = new Column?[SpaceTable.Slots];
    private readonly ConcurrentDictionary<int, bool> _erased = new(concurrencyLevel: 1, capacity: 1);

    /// <summary>Memory that the vectors take.</summary>
    public long Bytes => _columns.Sum(c => c is null ? 0L : (long)c.Vectors.Count * c.Vectors.Dimension * sizeof(float));

    public bool IsEmpty => Array.TrueForAll(_columns, c => c is null);

    /// <summary>Gives a row a vector, unless it has one here.</summary>
    public void Add(int row, SpaceEntry space, ReadOnlySpan<float> vector)
    {
        if (_columns[space.Id] is not { } column)
            Volatile.Write(ref _columns[space.Id], column = new Column(new VectorColumn(space.Space.Dimension, space.Space.Metric)));
        if (column.Slots.ContainsKey(row)) return;
        column.Vectors.Add(row, vector);
        column.Slots[row] = column.Vectors.Count - 1;
    }

    public bool TryFind(int space, int row, out ReadOnlySpan<float> vector)
    {
        vector = default;
        if (Volatile.Read(ref _columns[space]) is not { } column || !column.Slots.TryGetValue(row, out var slot)) return false;
        vector = column.Vectors.Vector(slot);
        return true;
    }

    public bool Has(int space, int row) => Volatile.Read(ref _columns[space]) is { } column && column.Slots.ContainsKey(row);

    /// <summary>The vectors of a space, whose rows come in no order; null when there are none.</summary>
    public VectorColumn? Vectors(int space) => Volatile.Read(ref _columns[space])?.Vectors;

    /// <summary>The spaces in which rows of a range have vectors here that are not erased.</summary>
    public IEnumerable<int> SpacesIn(int firstRow, int endRow) => Enumerable.Range(0, _columns.Length).Where(space =>
        _columns[space] is { } column && column.Slots.Keys.Any(row => row >= firstRow && row < endRow && !_erased.ContainsKey(row)));

    /// <summary>Overwrites the vectors of a row. It keeps its place, for whoever is writing it into a file just now.</summary>
    public void Erase(int row)
    {
        _erased[row] = true;
        foreach (var column in _columns)
            if (column is not null && column.Slots.TryGetValue(row, out var slot)) column.Vectors.Clear(slot);
    }

    /// <summary>Forgets the vectors of a space.</summary>
    public void Drop(int space) => Volatile.Write(ref _columns[space], null);

    /// <summary>The same without those that a file holds by now, and those of erased rows.</summary>
    /// <param name="isHeld">Whether a file holds the vector that a row has in a space.</param>
    public AddedVectors Without(Func<int, int, bool> isHeld)
    {
        var left = new AddedVectors();
        for (var space = 0; space < _columns.Length; space++)
        {
            if (_columns[space] is not { } column) continue;
            var stay = new Column(new VectorColumn(column.Vectors.Dimension, column.Vectors.Metric));
            foreach (var (row, slot) in column.Slots.OrderBy(s => s.Key))
            {
                if (_erased.ContainsKey(row) || isHeld(space, row)) continue;
                stay.Vectors.AddKept(row, column.Vectors.Vector(slot));
                stay.Slots[row] = stay.Vectors.Count - 1;
            }
            if (stay.Vectors.Count > 0) left._columns[space] = stay;
        }
        return left;
    }

    /// <summary>Vectors, and the place of each row's among them.</summary>
    private sealed record Column(VectorColumn Vectors)
    {
        public ConcurrentDictionary<int, int> Slots { get; } = new(concurrencyLevel: 1, capacity: 64);
    }
}
