using System.Buffers;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// The vectors that a segment's rows have in one space: mapped, checked where they are touched, and searched through their
/// graph once it is there. Exactly before that, and when few may be found.
/// </summary>
internal sealed unsafe class SegmentVectors : IVectorGuard, IDisposable
{
    // Fewer are compared as they are, exactly.
    private const int LeastCoded = 1024;

    // One for all, since rows are made for each search.
    private static readonly Action<nint, nint> Asking = ReadAhead.Ask;

    private readonly SealedBytes _bytes;
    private readonly long _first;
    private readonly int* _rows;
    private HnswIndex? _index;
    private CodeScan? _codes;
    private int _looked;

    private SegmentVectors(SealedBytes bytes, VectorsInfo info, VectorSpace space)
    {
        (_bytes, Info, Space) = (bytes, info, space);
        var header = bytes.Header;
        var (rows, vectors) = (header.Find(SectionKind.VectorRows), header.Find(SectionKind.Vectors));
        Count = header.Rows - header.EmptyRows;
        FirstRow = header.FirstRow;
        var isDense = rows.Length == 0;
        if (isDense != (Count == header.Rows) || (!isDense && rows.Length != Count * (long)sizeof(int)))
            throw Malformed(rows, $"the rows of {Count} vectors");
        if (Count < 1 || header.Dimension != space.Dimension || vectors.Length != (long)Count * space.Dimension * sizeof(float))
            throw Malformed(vectors, $"{Count} vectors of {space.Dimension} components");
        if (vectors.Space != info.Space) throw Malformed(vectors, $"vectors of space {info.Space}");
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Vectors are mapped as they lie on disk: in little-endian order.");
        _first = vectors.Offset;
        if (isDense) return;
        _rows = (int*)bytes.At(rows.Offset, rows.Length);
        for (var i = 0; i < Count; i++)
            if (_rows[i] >= header.Rows || _rows[i] <= (i == 0 ? -1 : _rows[i - 1])) throw Malformed(rows, "ascending rows");
    }

    public VectorsInfo Info { get; private set; }

    public VectorSpace Space { get; }

    public int FirstRow { get; }

    public int Count { get; }

    public string Path => _bytes.Path;

    /// <summary>The graph over them; null while there is none.</summary>
    public HnswIndex? Index => Volatile.Read(ref _index);

    /// <summary>Whether no graph over them is fit to be used, so that none is tried again.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The vectors in place, checked when a distance to them is asked for.</summary>
    public VectorRows Rows => new((float*)_bytes.Unverified(_first), Count, Space.Dimension, Space.Metric, this, Asking);

    /// <summary>Which row each vector stands for.</summary>
    public RowNumbers Numbers => new(FirstRow, _rows);

    public static SegmentVectors Open(IFileSystem files, string path, Guid poolId, SegmentInfo segment, VectorsInfo info, VectorSpace space)
    {
        var bytes = SealedBytes.Open(files, SealedKind.Vectors, path);
        var header = bytes.Header;
        try
        {
            var found = info with
            {
                Revision = header.Revision,
                Count = header.Rows - header.EmptyRows,
                Length = header.FileBytes,
                Checksum = bytes.Checksum,
            };
            if (found != info || header.PoolId != poolId || header.FirstRow != segment.FirstRow || header.Rows != segment.Rows)
                throw new CorruptionException(path, 0, $"{info} of pool {poolId}", $"{found} of pool {header.PoolId}, rows from {header.FirstRow}");
            return new SegmentVectors(bytes, info, space);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Gives the mapping and the graph back, once nobody searches them.</summary>
    public void Dispose()
    {
        _index?.Dispose();
        _codes?.Dispose();
        _bytes.Dispose();
    }

    /// <summary>Whether a search compares the query with all vectors, so that codes of them would be worth their memory.</summary>
    public bool WantsCodes => Count >= LeastCoded && Volatile.Read(ref _codes) is null && Index is null;

    /// <summary>Makes codes to be compared with for as long as there is no graph.</summary>
    /// <exception cref="CorruptionException">A block is damaged.</exception>
    public void Encode()
    {
        // Codes of damaged vectors would hide the damage.
        Verify();
        Volatile.Write(ref _codes, CodeScan.Of(Rows));
    }

    /// <summary>What a graph has made superfluous, to be disposed of once nobody reads it; null when there is nothing.</summary>
    public IDisposable? TakeCodes() => Index is null ? null : Interlocked.Exchange(ref _codes, null);

    /// <summary>Gives them a graph.</summary>
    public void Attach(HnswIndex index, long graphBytes)
    {
        Info = Info with { GraphLength = graphBytes };
        Volatile.Write(ref _index, index);
    }

    /// <summary>Goes on without a graph.</summary>
    public void Refuse() => IsRefused = true;

    /// <summary>Checks all of them.</summary>
    /// <exception cref="CorruptionException">A block is damaged.</exception>
    public void Verify()
    {
        var section = _bytes.Header.Find(SectionKind.Vectors);
        _bytes.Verify(section.Offset, section.Length);
    }

    /// <summary>Checks one of them.</summary>
    public void Verify(int row)
    {
        var bytes = Space.Dimension * (long)sizeof(float);
        _bytes.Verify(_first + (row * bytes), bytes);
    }

    /// <summary>Checks a block that nobody has touched yet; false when there is none left. For one thread.</summary>
    public bool VerifyNext() => _bytes.VerifyNext(ref _looked);

    /// <summary>The vector of a row; false when it has none.</summary>
    public bool TryFind(int row, out ReadOnlySpan<float> vector)
    {
        var at = IndexOf(row);
        vector = default;
        if (at < 0) return false;
        var bytes = (long)Space.Dimension * sizeof(float);
        vector = MemoryMarshal.CreateReadOnlySpan(ref *(float*)_bytes.At(_first + (at * bytes), bytes), Space.Dimension);
        return true;
    }

    /// <summary>Which vector is that of a row of the segment; negative when it has none.</summary>
    public int IndexOf(int row) =>
        _rows == null ? row - FirstRow : new ReadOnlySpan<int>(_rows, Count).BinarySearch(row - FirstRow);

    /// <summary>Finds the nearest of those that match.</summary>
    /// <param name="query">Of unit length for cosine.</param>
    /// <param name="match">A bit for each row of the pool.</param>
    /// <param name="ef">Candidates that a walk through the graph keeps.</param>
    /// <param name="candidates">Of the whole search.</param>
    /// <param name="hits">Gets the best.</param>
    /// <param name="matching">How many of the vectors match.</param>
    public SearchCost Search(
        scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> match, int ef, ref CodeCandidates candidates, ref TopHits hits, out int matching)
    {
        var words = BitWords.WordsFor(Count);
        var rented = ArrayPool<ulong>.Shared.Rent(words);
        var allowed = rented.AsSpan(0, words);
        matching = Select(match, allowed);
        SearchCost cost = default;
        if (matching > 0 && Index is { } index) cost = Walk(index, query, allowed, matching, ef, ref hits);
        else if (matching > 0) cost = Scan(query, allowed, matching, ref candidates, ref hits);
        ArrayPool<ulong>.Shared.Return(rented);
        return cost;
    }

    private SearchCost Walk(
        HnswIndex index, scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, int matching, int ef, ref TopHits hits)
    {
        var rented = ArrayPool<Hit>.Shared.Rent(hits.Room);
        var nearest = rented.AsSpan(0, hits.Room);
        var found = matching == Count
            ? index.Search(query, ef, hits.Threshold, nearest, out var cost)
            : index.Search(query, ef, new RowBits(allowed), hits.Threshold, nearest, out cost);
        var numbers = Numbers;
        foreach (var hit in nearest[..found]) hits.Add(numbers[hit.Row], hit.Score);
        ArrayPool<Hit>.Shared.Return(rented);
        return cost;
    }

    private SearchCost Scan(
        scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> allowed, int matching, ref CodeCandidates candidates, ref TopHits hits)
    {
        // Where few match, most codes would be passed over.
        if (Volatile.Read(ref _codes) is { } codes && matching >= LeastCoded)
            return new SearchCost(matching, codes.Run(query, allowed, Numbers, ref candidates, ref hits), SearchWay.Exact, Scanned: true);
        fixed (float* asked = query) ExactSearch.Instance.Run(Rows, asked, allowed, Numbers, ref hits);
        return new SearchCost(0, matching, SearchWay.Exact, Scanned: true);
    }

    // The bits of rows become those of vectors.
    private int Select(ReadOnlySpan<ulong> match, Span<ulong> allowed)
    {
        // The pool's newest rows may be newer than the view.
        var rows = Math.Max(0, Math.Min(_bytes.Header.Rows, (match.Length << 6) - FirstRow));
        if (_rows == null)
        {
            allowed.Clear();
            return rows == 0 ? 0 : BitWords.Copy(match, FirstRow, rows, allowed);
        }
        allowed.Clear();
        var matching = 0;
        for (var i = 0; i < Count && _rows[i] < rows; i++)
        {
            if (!BitWords.Has(match, FirstRow + _rows[i])) continue;
            allowed[i >> 6] |= 1UL << i;
            matching++;
        }
        return matching;
    }

    private CorruptionException Malformed(in Section section, string expected) =>
        new(_bytes.Path, section.Offset, expected, $"a section of {section.Length} bytes that holds something else");
}
