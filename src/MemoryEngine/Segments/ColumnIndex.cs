using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// For each value of the columns that queries filter by, which rows have it. What a row is born with stays, so sets only
/// grow. One writer; readers take no locks.
/// </summary>
internal sealed class ColumnIndex
{
    private readonly RowSets _levels = new();
    private readonly RowSets _formats = new();

    public RowSets Domains { get; } = new();

    public RowSets Models { get; } = new();

    public RowSets Languages { get; } = new();

    public RowSets TagSets { get; } = new();

    /// <summary>The rows that expire some day.</summary>
    public RowSet Expiring { get; } = new();

    public RowSet? Of(MemoryLevel level) => _levels.Find((int)level);

    public RowSet? Of(MemoryFormat format) => _formats.Find((int)format);

    public void Add(int index, in Row row)
    {
        _levels.Add((int)row.Level, index);
        _formats.Add((int)row.Format, index);
        Domains.Add(row.Domain, index);
        Models.Add(row.Model, index);
        Languages.Add(row.Language, index);
        TagSets.Add(row.Tags, index);
        if (row.ExpiresMicroseconds != 0) Expiring.Add(index);
    }
}

/// <summary>A set of rows for each number.</summary>
internal sealed class RowSets
{
    private RowSet?[] _sets = [];

    /// <summary>The rows with a number; null when none has it.</summary>
    public RowSet? Find(int number)
    {
        var sets = Volatile.Read(ref _sets);
        return number < sets.Length ? Volatile.Read(ref sets[number]) : null;
    }

    public void Add(int number, int row)
    {
        if (number >= _sets.Length)
        {
            var grown = new RowSet?[Math.Max(number + 1, _sets.Length * 2)];
            _sets.CopyTo(grown, 0);
            Volatile.Write(ref _sets, grown);
        }
        if (_sets[number] is not { } set) Volatile.Write(ref _sets[number], set = new RowSet());
        set.Add(row);
    }
}
