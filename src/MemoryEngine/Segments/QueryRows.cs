using System.Buffers;
using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// Which rows a query sees, and which of them it may find: bits, from those of the view and of the columns. Filters are decided
/// once for each distinct domain, model, language and tag set.
/// </summary>
internal readonly ref struct QueryRows
{
    private readonly ulong[] _live;
    private readonly ulong[] _match;
    private readonly int[] _liveInChunk;
    private readonly int _words;

    private QueryRows(PoolView seen)
    {
        RowCount = seen.RowCount;
        _words = BitWords.WordsFor(RowCount);
        _live = ArrayPool<ulong>.Shared.Rent(_words);
        var chunks = (RowCount + LiveBitmap.ChunkRows - 1) / LiveBitmap.ChunkRows;
        _liveInChunk = ArrayPool<int>.Shared.Rent(Math.Max(1, chunks));
        seen.Bits.CopyTo(_live.AsSpan(0, _words), _liveInChunk.AsSpan(0, chunks));
        BitWords.ClearFrom(_live.AsSpan(0, _words), RowCount);
        _match = _live;
    }

    private QueryRows(QueryRows all, ulong[] match) =>
        (RowCount, _words, _live, _liveInChunk, _match) = (all.RowCount, all._words, all._live, all._liveInChunk, match);

    public int RowCount { get; }

    /// <summary>The rows that are live in the view.</summary>
    public ReadOnlySpan<ulong> Live => _live.AsSpan(0, _words);

    /// <summary>How many rows are live of each 4,096.</summary>
    public ReadOnlySpan<int> LiveInChunk => _liveInChunk.AsSpan(0, (RowCount + LiveBitmap.ChunkRows - 1) / LiveBitmap.ChunkRows);

    /// <summary>The live rows that the filters let through.</summary>
    public ReadOnlySpan<ulong> Match => _match.AsSpan(0, _words);

    /// <summary>The rows of a query.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seen">The view.</param>
    /// <param name="query">Its filters.</param>
    /// <param name="nowMicroseconds">When expiry is judged.</param>
    /// <param name="couldCome">Whether a level of a domain could be handed over at all; null when all could.</param>
    public static QueryRows Of(
        RowTable table, PoolView seen, RecallQuery query, long nowMicroseconds, Func<string, MemoryLevel, bool>? couldCome = null)
    {
        var rows = new QueryRows(seen);
        var filter = new Filter(rows);
        var columns = table.Columns;
        if (query.MinLevel > MemoryLevel.Trace || query.MaxLevel < MemoryLevel.Strategy)
        {
            filter.Begin();
            for (var level = query.MinLevel; level <= query.MaxLevel; level++) filter.Allow(columns.Of(level));
            filter.End();
        }
        if (query.Format is { } format)
        {
            filter.Begin();
            filter.Allow(columns.Of(format));
            filter.End();
        }
        if (query.WithinDomain is { } within) filter.Keep(columns.Domains, table.Names, within, IsWithin);
        if (query.ExcludeDomain is { } excluded) filter.Drop(columns.Domains, table.Names, excluded, IsWithin);
        if (query.Model is { } model) filter.Keep(columns.Models, table.Names, model, static (name, asked) => name == asked);
        if (query.Language is { } language)
        {
            filter.Keep(
                columns.Languages, table.Names, language,
                static (name, asked) => name.Length == 0 || name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        }
        if (query.Tag is { } tag)
            filter.Keep(columns.TagSets, table.TagSets, tag, static (tags, asked) => tags.Contains(asked, StringComparer.Ordinal));
        if (couldCome is not null) filter.KeepReachable(columns, table.Names, couldCome);
        filter.DropExpired(columns.Expiring, table, nowMicroseconds);
        return filter.Match is null ? rows : new QueryRows(rows, filter.Match);
    }

    /// <summary>Whether a domain is <paramref name="path"/> or lies below it.</summary>
    public static bool IsWithin(string domain, string path) =>
        path.Length == 0 ||
        (domain.StartsWith(path, StringComparison.Ordinal) && (domain.Length == path.Length || domain[path.Length] == '/'));

    public int CountMatching() => BitWords.Count(Match);

    public void Dispose()
    {
        if (_match != _live) ArrayPool<ulong>.Shared.Return(_match);
        ArrayPool<ulong>.Shared.Return(_live);
        ArrayPool<int>.Shared.Return(_liveInChunk);
    }

    /// <summary>Takes away from the live rows, filter by filter. Without any, nothing is copied.</summary>
    private ref struct Filter(QueryRows rows)
    {
        private readonly QueryRows _rows = rows;
        private ulong[]? _allowed;

        public ulong[]? Match { get; private set; }

        private readonly Span<ulong> Allowed => _allowed.AsSpan(0, _rows._words);

        private Span<ulong> Words
        {
            get
            {
                if (Match is null)
                {
                    Match = ArrayPool<ulong>.Shared.Rent(_rows._words);
                    _rows.Live.CopyTo(Match);
                }
                return Match.AsSpan(0, _rows._words);
            }
        }

        public void Begin()
        {
            _allowed = ArrayPool<ulong>.Shared.Rent(_rows._words);
            Allowed.Clear();
        }

        public readonly void Allow(RowSet? set) => set?.UnionInto(Allowed);

        public void End()
        {
            var words = Words;
            for (var i = 0; i < words.Length; i++) words[i] &= Allowed[i];
            ArrayPool<ulong>.Shared.Return(_allowed!);
        }

        public void Keep<T>(RowSets sets, Interner<T> values, string asked, Func<T, string, bool> keep)
            where T : class
        {
            Union(sets, values, asked, keep);
            End();
        }

        public void Drop<T>(RowSets sets, Interner<T> values, string asked, Func<T, string, bool> drop)
            where T : class
        {
            Union(sets, values, asked, drop);
            for (var i = 0; i < _rows._words; i++) _allowed![i] = ~_allowed[i];
            End();
        }

        public void KeepReachable(ColumnIndex columns, Interner<string> domains, Func<string, MemoryLevel, bool> couldCome)
        {
            var (reachable, ofLevel) = (ArrayPool<ulong>.Shared.Rent(_rows._words), ArrayPool<ulong>.Shared.Rent(_rows._words));
            reachable.AsSpan(0, _rows._words).Clear();
            for (var level = MemoryLevel.Trace; level <= MemoryLevel.Strategy; level++)
            {
                if (columns.Of(level) is not { } rows) continue;
                ofLevel.AsSpan(0, _rows._words).Clear();
                rows.UnionInto(ofLevel.AsSpan(0, _rows._words));
                Begin();
                for (var (number, count) = (0, domains.Count); number < count; number++)
                    if (columns.Domains.Find(number) is { } set && couldCome(domains[number], level)) set.UnionInto(Allowed);
                for (var i = 0; i < _rows._words; i++) reachable[i] |= ofLevel[i] & _allowed![i];
                ArrayPool<ulong>.Shared.Return(_allowed!);
            }
            var words = Words;
            for (var i = 0; i < words.Length; i++) words[i] &= reachable[i];
            ArrayPool<ulong>.Shared.Return(reachable);
            ArrayPool<ulong>.Shared.Return(ofLevel);
        }

        private void Union<T>(RowSets sets, Interner<T> values, string asked, Func<T, string, bool> isWanted)
            where T : class
        {
            Begin();
            // A value interned after this belongs to a row after the view.
            for (var (number, count) = (0, values.Count); number < count; number++)
                if (sets.Find(number) is { } set && isWanted(values[number], asked)) set.UnionInto(Allowed);
        }

        public void DropExpired(RowSet expiring, RowTable table, long nowMicroseconds)
        {
            if (expiring.IsEmpty) return;
            Begin();
            expiring.UnionInto(Allowed);
            for (var i = 0; i < _rows._words; i++)
            {
                for (var word = Allowed[i] & _rows._live[i]; word != 0; word &= word - 1)
                {
                    var row = (i << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
                    if (table.Rows[row].ExpiresMicroseconds <= nowMicroseconds) Words[i] &= ~(1UL << row);
                }
            }
            ArrayPool<ulong>.Shared.Return(_allowed!);
        }
    }
}
