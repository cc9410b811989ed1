using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

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
        for (var space = 0; space < table.Spaces.Count; space++)
        {
            if (writer.RowsWithVectors(parts, space) is not { Count: > 0 } withVectors) continue;
            var entry = table.Spaces[space];
            var path = SegmentFiles.VectorsPathOf(directory, number, space);
            var revision = entry.Revision;
            var (written, sum) = SealedWriter.Write(files, path, w => writer.WriteVectors(w, parts, entry, withVectors));
            vectors.Add(new VectorsInfo(space, revision, withVectors.Count, written.FileBytes, sum, 0));
        }
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

    private List<int> RowsWithVectors(SearchParts parts, int space)
    {
        var rows = new List<int>();
        for (var row = _first; row < _first + _rows; row++)
            if (!_table.Rows[row].IsErased && parts.TryFind(space, row, out _)) rows.Add(row);
        return rows;
    }

    private SealedHeader WriteVectors(SealedWriter file, SearchParts parts, SpaceEntry space, List<int> rows)
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
        foreach (var row in rows)
        {
            // One that is erased meanwhile is zeros in memory, and what holds it is written again.
            if (!parts.TryFind(space.Id, row, out var vector)) throw new InvalidOperationException($"Row {row} has lost its vector.");
            WriteFloats(file, vector);
        }
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
