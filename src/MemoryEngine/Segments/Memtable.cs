using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// The words and vectors of the newest rows, which no segment has yet; searched exactly. The applier alone writes; readers look
/// no further than their view goes. Once it is frozen nothing is added, and a segment is made of it.
/// </summary>
internal sealed class Memtable(int firstRow)
{
    private readonly VectorColumn?[] _columns = new VectorColumn?[Limits.MaxSpaces];

    public int FirstRow => firstRow;

    /// <summary>The words; rows are counted from <see cref="FirstRow"/>.</summary>
    public LexicalIndex Words { get; } = new();

    /// <summary>The vectors of a space, if any row here has one.</summary>
    public VectorColumn? Column(int space) => Volatile.Read(ref _columns[space]);

    /// <summary>Adds the next row.</summary>
    public void Add(int row, RowDraft draft, SpaceTable spaces)
    {
        Words.Add(row - firstRow, draft.Terms);
        foreach (var (space, vector) in draft.Vectors) Add(row, spaces[space], vector.Span);
    }

    /// <summary>Adds the next rows, which hold nothing.</summary>
    public void AddEmpty(int rows) => Words.AddLengths(0, rows);

    /// <summary>Overwrites the vectors of a row.</summary>
    public void Erase(int row)
    {
        foreach (var column in _columns) column?.Erase(row);
    }

    private void Add(int row, SpaceEntry space, ReadOnlySpan<float> vector)
    {
        if (_columns[space.Id] is not { } column)
            Volatile.Write(ref _columns[space.Id], column = new VectorColumn(space.Space.Dimension, space.Space.Metric));
        column.Add(row, vector);
    }
}
