using System.Buffers;
using System.Numerics.Tensors;
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
    /// <param name="leastFrom">The lowest level that could be handed over from a domain; null when all could from all.</param>
    public static QueryRows Of(
        RowTable table, PoolView seen, RecallQuery query, long nowMicroseconds, Func<string, MemoryLevel>? leastFrom = null)
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
        if (leastFrom is not null) filter.KeepReachable(columns, table.Names, leastFrom);
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
        /// <summary>Above every level, and below all.</summary>
        private const byte Nothing = (byte)MemoryLevel.Strategy + 1, NoDomain = 0;

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
            _allowed = Rented();
        }

        public readonly void Allow(RowSet? set) => set?.UnionInto(Allowed);

        public void End()
        {
            And(Words, _allowed!);
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

        // A level rules nearly every domain, since nearly all are foreign to a task: its rows are those of the levels' own sets, and only
        // the domains that another level rules are united. Of 504 domains and 107,317 rows, all of them four times over, once a level,
        // took 280 microseconds; this takes 10.
        public void KeepReachable(ColumnIndex columns, Interner<string> domains, Func<string, MemoryLevel> leastFrom)
        {
            var count = domains.Count;
            var least = ArrayPool<byte>.Shared.Rent(Math.Max(1, count));
            Span<int> ruled = stackalloc int[Nothing + 1];
            ruled.Clear();
            for (var number = 0; number < count; number++)
            {
                // Contributors, models and languages are numbered together with domains.
                var isDomain = columns.Domains.Find(number) is not null;
                least[number] = isDomain ? Math.Min(Nothing, (byte)leastFrom(domains[number])) : NoDomain;
                if (isDomain) ruled[least[number]]++;
            }
            var usual = (byte)ruled.IndexOf(TensorPrimitives.Max<int>(ruled));
            var allowed = Rented();
            UnionFrom(columns, usual, allowed);
            for (var level = (byte)MemoryLevel.Trace; level <= Nothing; level++)
                if (ruled[level] > 0 && level != usual) Redecide(columns, least.AsSpan(0, count), level, allowed);
            And(Words, allowed);
            ArrayPool<ulong>.Shared.Return(allowed);
            ArrayPool<byte>.Shared.Return(least);
        }

        // What the domains that a level rules let through takes the place of what was decided for their rows.
        private readonly void Redecide(ColumnIndex columns, ReadOnlySpan<byte> least, byte level, ulong[] allowed)
        {
            var (ofDomains, ofLevels) = (Rented(), Rented());
            for (var number = 0; number < least.Length; number++)
                if (least[number] == level) columns.Domains.Find(number)?.UnionInto(ofDomains.AsSpan(0, _rows._words));
            UnionFrom(columns, level, ofLevels);
            for (var i = 0; i < _rows._words; i++) allowed[i] = (allowed[i] & ~ofDomains[i]) | (ofDomains[i] & ofLevels[i]);
            ArrayPool<ulong>.Shared.Return(ofDomains);
            ArrayPool<ulong>.Shared.Return(ofLevels);
        }

        private readonly void UnionFrom(ColumnIndex columns, byte least, ulong[] words)
        {
            for (var level = (MemoryLevel)Math.Max(least, (byte)MemoryLevel.Trace); level <= MemoryLevel.Strategy; level++)
                columns.Of(level)?.UnionInto(words.AsSpan(0, _rows._words));
        }

        private readonly ulong[] Rented()
        {
            var words = ArrayPool<ulong>.Shared.Rent(_rows._words);
            words.AsSpan(0, _rows._words).Clear();
            return words;
        }

        private static void And(Span<ulong> words, ulong[] allowed) =>
            TensorPrimitives.BitwiseAnd<ulong>(words, allowed.AsSpan(0, words.Length), words);

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
