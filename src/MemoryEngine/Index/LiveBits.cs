namespace MemoryEngine.Index;

/// <summary>A bit for each row that is live in a view. Immutable, so that a reader sees one moment.</summary>
internal sealed class LiveBitmap(LiveBitmap.Chunk[] chunks)
{
    public const int ChunkBits = 12;
    public const int ChunkRows = 1 << ChunkBits;
    public const int ChunkWords = ChunkRows / 64;

    public static LiveBitmap Empty { get; } = new([]);

    /// <summary>Writes the bits of the first rows, and how many are set in each chunk of 4,096 rows.</summary>
    /// <param name="words">Takes <c>BitWords.WordsFor(rows)</c> words.</param>
    /// <param name="inChunk">Takes a number for each chunk begun.</param>
    public void CopyTo(Span<ulong> words, Span<int> inChunk)
    {
        words.Clear();
        inChunk.Clear();
        for (var i = 0; i < chunks.Length && i * ChunkWords < words.Length; i++)
        {
            var part = words[(i * ChunkWords)..];
            chunks[i].Words.AsSpan(0, Math.Min(ChunkWords, part.Length)).CopyTo(part);
            inChunk[i] = chunks[i].Live;
        }
    }

    public sealed class Chunk
    {
        public readonly ulong[] Words = new ulong[ChunkWords];

        public int Live;

        /// <summary>Since which publication it is the writer's alone.</summary>
        public long Epoch;
    }
}

/// <summary>
/// The live rows as the applier keeps them. What is published stays as it is: a chunk is copied when it is changed for the
/// first time after that, so that a publication costs what changed and a pointer for every 4,096 rows.
/// </summary>
internal sealed class LiveBits
{
    private static readonly LiveBitmap.Chunk None = new() { Epoch = -1 };
    private LiveBitmap.Chunk[] _chunks = [];
    private LiveBitmap? _published = LiveBitmap.Empty;
    private long _epoch = 1;

    public void Set(int row, bool isLive)
    {
        var at = row >> LiveBitmap.ChunkBits;
        if (at >= _chunks.Length)
        {
            if (!isLive) return;
            LiveBitmap.Chunk[] grown = [.. _chunks, .. Enumerable.Repeat(None, at + 1 - _chunks.Length)];
            (_chunks, _published) = (grown, null);
        }
        ref var word = ref Own(at).Words[(row >> 6) & (LiveBitmap.ChunkWords - 1)];
        var bit = 1UL << row;
        if ((word & bit) != 0 == isLive) return;
        word ^= bit;
        _chunks[at].Live += isLive ? 1 : -1;
    }

    /// <summary>Decides every row anew.</summary>
    public void Fill(int rows, Func<int, bool> isLive)
    {
        var chunks = (rows + LiveBitmap.ChunkRows - 1) >> LiveBitmap.ChunkBits;
        _chunks = [.. Enumerable.Range(0, chunks).Select(_ => new LiveBitmap.Chunk { Epoch = _epoch })];
        _published = null;
        for (var row = 0; row < rows; row++)
        {
            if (!isLive(row)) continue;
            var chunk = _chunks[row >> LiveBitmap.ChunkBits];
            chunk.Words[(row >> 6) & (LiveBitmap.ChunkWords - 1)] |= 1UL << row;
            chunk.Live++;
        }
    }

    public LiveBitmap Publish()
    {
        if (_published is not null) return _published;
        _epoch++;
        return _published = new LiveBitmap(_chunks);
    }

    private LiveBitmap.Chunk Own(int at)
    {
        if (_published is not null)
        {
            _chunks = (LiveBitmap.Chunk[])_chunks.Clone();
            _published = null;
        }
        var chunk = _chunks[at];
        if (chunk.Epoch == _epoch) return chunk;
        var copy = new LiveBitmap.Chunk { Live = chunk.Live, Epoch = _epoch };
        chunk.Words.CopyTo(copy.Words, 0);
        return _chunks[at] = copy;
    }
}
