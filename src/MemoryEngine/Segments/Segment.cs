using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>A segment that is open for searching. Its rows are in the table; here is what its files hold beside them.</summary>
internal sealed class Segment : IDisposable
{
    private readonly SegmentVectors?[] _vectors = new SegmentVectors?[SpaceTable.Slots];

    private readonly SealedBytes _bytes;

    private Segment(SegmentInfo info, SealedBytes bytes)
    {
        (Written, _bytes) = (info, bytes);
        var header = bytes.Header;
        if (header.FirstRow != info.FirstRow || header.Rows != info.Rows || bytes.Checksum != info.Checksum)
            throw new CorruptionException(bytes.Path, 0, $"{info}", $"{header}");
        try
        {
            Words = new SegmentPostings(info.FirstRow, info.Rows, new PostingSections(
                At(SectionKind.PostingLists), At(SectionKind.TermDirectory), At(SectionKind.PostingBlocks), At(SectionKind.Lengths)));
        }
        catch (InvalidDataException e)
        {
            throw new CorruptionException(bytes.Path, header.Find(SectionKind.PostingLists).Offset, $"words of {info.Rows} rows", e.Message);
        }

        SealedSection At(SectionKind kind) => new(bytes, header.Find(kind));
    }

    /// <summary>What was written; graphs may have come since, see <see cref="Info"/>.</summary>
    private SegmentInfo Written { get; }

    public int Number => Written.Number;

    public int FirstRow => Written.FirstRow;

    public int Rows => Written.Rows;

    public int EndRow => Written.EndRow;

    public int ErasedRows => Written.ErasedRows;

    public SegmentInfo Info => Written with { Vectors = [.. All.Select(v => v.Info)] };

    public string Path => _bytes.Path;

    public SegmentPostings Words { get; }

    public IEnumerable<SegmentVectors> All => _vectors.OfType<SegmentVectors>();

    public SegmentVectors? Vectors(int space) => Volatile.Read(ref _vectors[space]);

    /// <summary>Gives it vectors that were made later, or takes those of a space away; returns those that were there.</summary>
    public SegmentVectors? Set(int space, SegmentVectors? vectors) => Interlocked.Exchange(ref _vectors[space], vectors);

    /// <summary>Gives its mappings back, once nobody searches them.</summary>
    public void Dispose()
    {
        foreach (var vectors in All) vectors.Dispose();
        _bytes.Dispose();
    }

    /// <summary>Maps the files of a segment, which must be those that its info names.</summary>
    public static Segment Open(IFileSystem files, string directory, Guid poolId, SegmentInfo info, SpaceTable spaces)
    {
        var bytes = SealedBytes.Open(files, SealedKind.Segment, SegmentFiles.PathOf(directory, info.Number));
        Segment? segment = null;
        try
        {
            segment = new Segment(info, bytes);
            foreach (var vectors in info.Vectors)
            {
                var path = SegmentFiles.VectorsPathOf(directory, info.Number, vectors.Space);
                if (spaces.Find(vectors.Space) is not { } space || space.Revision != vectors.Revision)
                    throw new CorruptionException(path, 0, $"vectors of a space that there is", $"{vectors}");
                segment._vectors[vectors.Space] = SegmentVectors.Open(files, path, poolId, info, vectors, space.Space);
            }
            return segment;
        }
        catch
        {
            segment?.Dispose();
            bytes.Dispose();
            throw;
        }
    }
}
