using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// The words and vectors of the newest rows, which no segment has yet; searched exactly. The applier alone writes; readers look
/// no further than their view goes. Once it is frozen nothing is added, and a segment is made of it.
/// </summary>
internal sealed class Memtable(int firstRow)
{
    private readonly VectorColumn?[] _columns = new VectorColumn?[SpaceTable.Slots];

    public int FirstRow => firstRow;

    /// <summary>The words; rows are counted from <see cref="FirstRow"/>.</summary>
    public LexicalIndex Words { get; } = new();

    /// <summary>The vectors of a space, if any row here has one.</summary>
    public VectorColumn? Column(int space) => Volatile.Read(ref _columns[space]);

    /// <summary>Adds the next row.</summary>
    public void Add(int row, RowDraft draft, SpaceTable spaces)
    {
        Words.Add(row - firstRow, draft.Terms);
        foreach (var (space, vector) in draft.Vectors) if (!spaces[space].IsDropped) Add(row, spaces[space], vector.Span);
        if (spaces.Serving is { } serving) Learn(row, draft.Terms, serving);
        if (spaces.Growing is { } growing) Learn(row, draft.Terms, growing);
    }

    /// <summary>Gives a row the vector that a model makes of it, if it knows any of its words. Rows come in order.</summary>
    public void Learn(int row, in TermCounts terms, LearnedSpace learned)
    {
        Span<float> vector = stackalloc float[LearnedVectors.Dimension];
        if (learned.Model.Embed(terms.Terms, terms.Counts, vector)) ColumnOf(learned.Entry).AddKept(row, vector);
    }

    /// <summary>Adds the next rows, which hold nothing.</summary>
    public void AddEmpty(int rows) => Words.AddLengths(0, rows);

    /// <summary>Overwrites the vectors of a row.</summary>
    public void Erase(int row)
    {
        foreach (var column in _columns) column?.Erase(row);
    }

    /// <summary>Forgets the vectors of a space that serves no more.</summary>
    public void Drop(int space) => Volatile.Write(ref _columns[space], null);

    private void Add(int row, SpaceEntry space, ReadOnlySpan<float> vector) => ColumnOf(space).Add(row, vector);

    private VectorColumn ColumnOf(SpaceEntry space)
    {
        if (_columns[space.Id] is not { } column)
            Volatile.Write(ref _columns[space.Id], column = new VectorColumn(space.Space.Dimension, space.Space.Metric));
        return column;
    }
}
