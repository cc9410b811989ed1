using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// A query's filters, decided once per distinct domain, model, language and tag set instead of once per row.
/// </summary>
internal sealed class RowFilter : IRowFilter
{
    private readonly AppendOnlyList<Row> _rows;
    private readonly View _view;
    private readonly long _nowMicroseconds;
    private readonly MemoryLevel _minLevel;
    private readonly MemoryLevel _maxLevel;
    private readonly MemoryFormat _format;
    private readonly bool[]? _domains;
    private readonly bool[]? _models;
    private readonly bool[]? _languages;
    private readonly bool[]? _tagSets;

    public RowFilter(Memtable memtable, View view, RecallQuery query, long nowMicroseconds)
    {
        (_rows, _view, _nowMicroseconds) = (memtable.Rows, view, nowMicroseconds);
        (_minLevel, _maxLevel, _format) = (query.MinLevel, query.MaxLevel, query.Format ?? 0);
        if (query.WithinDomain is not null || query.ExcludeDomain is not null)
        {
            _domains = Decide(memtable.Names, name =>
                (query.WithinDomain is null || IsWithin(name, query.WithinDomain)) &&
                (query.ExcludeDomain is null || !IsWithin(name, query.ExcludeDomain)));
        }
        if (query.Model is not null) _models = Decide(memtable.Names, name => name == query.Model);
        if (query.Language is not null)
        {
            _languages = Decide(memtable.Names, name =>
                name.Length == 0 || name.Equals(query.Language, StringComparison.OrdinalIgnoreCase));
        }
        if (query.Tag is not null) _tagSets = Decide(memtable.TagSets, tags => tags.Contains(query.Tag, StringComparer.Ordinal));
    }

    /// <summary>Whether a domain is <paramref name="path"/> or lies below it.</summary>
    public static bool IsWithin(string domain, string path) =>
        path.Length == 0 ||
        (domain.StartsWith(path, StringComparison.Ordinal) && (domain.Length == path.Length || domain[path.Length] == '/'));

    public bool IsLive(int row) => _rows[row].IsLive(_view);

    public bool Matches(int row)
    {
        ref readonly var r = ref _rows[row];
        return r.Level >= _minLevel && r.Level <= _maxLevel
            && (_format == 0 || r.Format == _format)
            && (r.ExpiresMicroseconds == 0 || r.ExpiresMicroseconds > _nowMicroseconds)
            && Passes(_domains, r.Domain) && Passes(_models, r.Model)
            && Passes(_languages, r.Language) && Passes(_tagSets, r.Tags);
    }

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
