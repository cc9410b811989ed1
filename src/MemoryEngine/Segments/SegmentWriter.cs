using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>The vector of a row.</summary>
internal delegate ReadOnlySpan<float> VectorOf(int row);

/// <summary>
/// Writes rows of the table, all of them complete, into a segment: first the vectors, a file for each space in which any of the
/// rows has one, then the segment itself. Each file appears whole or not at all.
/// </summary>
internal sealed class SegmentWriter
{
    private readonly RowTable _table;
    private readonly int _first;
    private readonly int _rows;
    private readonly Guid _poolId;

    private SegmentWriter(Guid poolId, RowTable table, int first, int rows) => (_poolId, _table, _first, _rows) = (poolId, table, first, rows);

    /// <summary>Writes <paramref name="rows"/> rows from <paramref name="first"/> on, under a number that no file has.</summary>
    /// <exception cref="MemoryEngineException">The disk refuses. Then nothing refers to what was written.</exception>
    public static SegmentInfo Write(IFileSystem files, string directory, int number, Guid poolId, RowTable table, int first, int rows)
    {
        var writer = new SegmentWriter(poolId, table, first, rows);
        var parts = table.Parts.Current;
        var vectors = new List<VectorsInfo>();
        foreach (var space in table.Spaces.InUse())
            if (writer.WriteVectors(files, directory, number, parts, space) is { } written) vectors.Add(written);
        var (header, checksum) = SealedWriter.Write(files, SegmentFiles.PathOf(directory, number), w => writer.WriteSegment(w, parts));
        GC.KeepAlive(parts);
        return new SegmentInfo(number, first, rows, header.EmptyRows, header.FileBytes, checksum, [.. vectors]);
    }

    private SealedHeader Header(SealedKind kind, int emptyRows, int dimension, uint revision) =>
        new(kind, _poolId, _first, _rows, emptyRows, dimension, revision, 0, 0, []);

    private SealedHeader WriteSegment(SealedWriter file, SearchParts parts)
    {
        var erased = WriteRows(file);
        WriteWords(file, parts);
        return Header(SealedKind.Segment, erased, 0, SegmentReader.AnalysisRevision);
    }

    private int WriteRows(SealedWriter file)
    {
        var (values, erased) = (new SegmentValues(), 0);
        file.Begin();
        Span<byte> bytes = stackalloc byte[SegmentRow.Bytes];
        for (var row = _first; row < _first + _rows; row++)
        {
            ref readonly var r = ref _table.Rows[row];
            SegmentRow.Write(bytes, r, _table.Lengths[row], values, out var isErased);
            if (isErased) erased++;
            file.Write(bytes);
        }
        file.End(SectionKind.Rows);
        using var writer = new ByteWriter(4096);
        values.WriteTo(writer, _table);
        file.Begin();
        file.Write(writer.Written);
        file.End(SectionKind.Values);
        return erased;
    }

    private void WriteWords(SealedWriter file, SearchParts parts)
    {
        var lengths = new int[_rows];
        for (var i = 0; i < _rows; i++) lengths[i] = _table.Rows[_first + i].IsErased ? 0 : _table.Lengths[_first + i];
        using var sections = new PostingSink(file);
        file.Begin();
        var writer = new PostingsWriter(sections, lengths);
        PostingsMerger.Merge(WordsIn(parts), _first, row => _table.Rows[row].IsErased, writer);
        writer.Finish();
        file.End(SectionKind.PostingLists);
        sections.WriteOthers();
    }

    private List<IPostingSource> WordsIn(SearchParts parts)
    {
        var end = _first + _rows;
        var sources = new List<IPostingSource>();
        foreach (var segment in parts.Segments)
            if (segment.FirstRow >= _first && segment.EndRow <= end) sources.Add(new SegmentTerms(segment.Words));
        foreach (var mended in parts.Mended)
            if (mended.FirstRow >= _first && mended.EndRow <= end) sources.Add(new MemtableTerms(mended.Rows.Words, 0, mended.FirstRow));
        foreach (var memtable in parts.Memtables)
            if (memtable.FirstRow >= _first && memtable.FirstRow < end) sources.Add(new MemtableTerms(memtable.Words, 0, memtable.FirstRow));
        return sources;
    }

    private VectorsInfo? WriteVectors(IFileSystem files, string directory, int number, SearchParts parts, SpaceEntry space)
    {
        var rows = new List<int>();
        for (var row = _first; row < _first + _rows; row++)
            if (!_table.Rows[row].IsErased && parts.Has(space.Id, row)) rows.Add(row);
        // One that is erased meanwhile is zeros in memory, and what holds it is written again.
        return WriteVectors(files, directory, number, space, rows, row =>
            parts.TryFind(space.Id, row, out var vector) ? vector : throw new InvalidOperationException($"Row {row} has lost its vector."));
    }

    /// <summary>Writes vectors of rows of a segment that is there; null when there are none.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">Where segments are.</param>
    /// <param name="poolId">The pool.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="space">The space.</param>
    /// <param name="rows">The rows that have one, ascending.</param>
    /// <param name="vectorOf">The vector of each, asked for once and in order.</param>
    public static VectorsInfo? WriteVectors(
        IFileSystem files, string directory, Guid poolId, SegmentInfo segment, SpaceEntry space, List<int> rows, VectorOf vectorOf) =>
        new SegmentWriter(poolId, null!, segment.FirstRow, segment.Rows).WriteVectors(files, directory, segment.Number, space, rows, vectorOf);

    private VectorsInfo? WriteVectors(IFileSystem files, string directory, int number, SpaceEntry space, List<int> rows, VectorOf vectorOf)
    {
        if (rows.Count == 0) return null;
        var path = SegmentFiles.VectorsPathOf(directory, number, space.Id);
        var (written, sum) = SealedWriter.Write(files, path, file => WriteVectors(file, space, rows, vectorOf));
        return new VectorsInfo(space.Id, space.Revision, rows.Count, written.FileBytes, sum, 0);
    }

    private SealedHeader WriteVectors(SealedWriter file, SpaceEntry space, List<int> rows, VectorOf vectorOf)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        if (rows.Count < _rows)
        {
            file.Begin();
            foreach (var row in rows)
            {
                BinaryPrimitives.WriteInt32LittleEndian(number, row - _first);
                file.Write(number);
            }
            file.End(SectionKind.VectorRows, space.Id);
        }
        file.Begin();
        foreach (var row in rows) WriteFloats(file, vectorOf(row));
        file.End(SectionKind.Vectors, space.Id);
        return Header(SealedKind.Vectors, _rows - rows.Count, space.Space.Dimension, space.Revision);
    }

    private static void WriteFloats(SealedWriter file, ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            file.Write(MemoryMarshal.AsBytes(vector));
            return;
        }
        Span<byte> number = stackalloc byte[sizeof(float)];
        foreach (var component in vector)
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, component);
            file.Write(number);
        }
    }
}
