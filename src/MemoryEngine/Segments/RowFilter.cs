using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// A query's filters, decided once per distinct domain, model, language and tag set instead of once per row.
/// </summary>
internal sealed class RowFilter
{
    private readonly RowTable _table;
    private readonly long _nowMicroseconds;
    private readonly MemoryLevel _minLevel;
    private readonly MemoryLevel _maxLevel;
    private readonly MemoryFormat _format;
    private readonly bool[]? _domains;
    private readonly bool[]? _models;
    private readonly bool[]? _languages;
    private readonly bool[]? _tagSets;

    public RowFilter(RowTable table, RecallQuery query, long nowMicroseconds)
    {
        (_table, _nowMicroseconds) = (table, nowMicroseconds);
        (_minLevel, _maxLevel, _format) = (query.MinLevel, query.MaxLevel, query.Format ?? 0);
        if (query.WithinDomain is not null || query.ExcludeDomain is not null)
        {
            _domains = Decide(table.Names, name =>
                (query.WithinDomain is null || IsWithin(name, query.WithinDomain)) &&
                (query.ExcludeDomain is null || !IsWithin(name, query.ExcludeDomain)));
        }
        if (query.Model is not null) _models = Decide(table.Names, name => name == query.Model);
        if (query.Language is not null)
        {
            _languages = Decide(table.Names, name =>
                name.Length == 0 || name.Equals(query.Language, StringComparison.OrdinalIgnoreCase));
        }
        if (query.Tag is not null) _tagSets = Decide(table.TagSets, tags => tags.Contains(query.Tag, StringComparer.Ordinal));
    }

    /// <summary>Whether a domain is <paramref name="path"/> or lies below it.</summary>
    public static bool IsWithin(string domain, string path) =>
        path.Length == 0 ||
        (domain.StartsWith(path, StringComparison.Ordinal) && (domain.Length == path.Length || domain[path.Length] == '/'));

    /// <summary>Marks every row of a view; returns how many match.</summary>
    public int Mark(View view, Span<RowMark> marks)
    {
        var matching = 0;
        for (var row = 0; row < marks.Length; row++)
        {
            ref readonly var r = ref _table.Rows[row];
            marks[row] = RowMark.None;
            if (!r.IsLive(view)) continue;
            marks[row] = RowMark.Live;
            if (!Matches(r)) continue;
            marks[row] |= RowMark.Match;
            matching++;
        }
        return matching;
    }

    private bool Matches(in Row row) =>
        row.Level >= _minLevel && row.Level <= _maxLevel
        && (_format == 0 || row.Format == _format)
        && (row.ExpiresMicroseconds == 0 || row.ExpiresMicroseconds > _nowMicroseconds)
        && Passes(_domains, row.Domain) && Passes(_models, row.Model)
        && Passes(_languages, row.Language) && Passes(_tagSets, row.Tags);

    // A value interned after the decision belongs to a row after the view.
    private static bool Passes(bool[]? decided, int number) => decided is null || (number < decided.Length && decided[number]);

    private static bool[] Decide<T>(Interner<T> values, Func<T, bool> decide)
        where T : class
    {
        var decided = new bool[values.Count];
        for (var i = 0; i < decided.Length; i++) decided[i] = decide(values[i]);
        return decided;
    }
}
