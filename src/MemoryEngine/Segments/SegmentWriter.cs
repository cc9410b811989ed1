using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Writes the rows of the table from one on into a segment, which appears whole or not at all: written beside, synced,
/// renamed. For the applier's thread.
/// </summary>
internal sealed class SegmentWriter
{
    private readonly RowTable _table;
    private readonly int _first;
    private readonly int _rows;
    private readonly BlockWriter _body;
    private readonly List<Section> _sections = [];
    private int _erased;

    private SegmentWriter(RowTable table, int first, IFile file) =>
        (_table, _first, _rows, _body) = (table, first, table.RowCount - first, new BlockWriter(file));

    /// <exception cref="MemoryEngineException">The disk refuses. Then nothing has changed.</exception>
    public static SegmentInfo Write(IFileSystem files, string directory, int number, Guid poolId, RowTable table, int first)
    {
        var path = SegmentFiles.PathOf(directory, number);
        var temporary = path + SegmentFiles.Unfinished;
        try
        {
            SegmentInfo info;
            files.Delete(temporary);
            using (var file = files.Open(temporary, FileOpening.CreateNew)) info = Fill(file, number, poolId, table, first);
            files.Rename(temporary, path);
            files.SyncDirectory(directory);
            return info;
        }
        catch (MemoryEngineException)
        {
            // A full disk is not to stay full of what was not finished.
            SegmentFiles.TryDelete(files, temporary);
            throw;
        }
    }

    private static SegmentInfo Fill(IFile file, int number, Guid poolId, RowTable table, int first)
    {
        var writer = new SegmentWriter(table, first, file);
        using (writer._body)
        {
            writer.WriteRows();
            writer.WritePostings();
            for (var space = 0; space < table.Spaces.Count; space++) writer.WriteVectors(space);
            var bodyEnd = writer._body.Position;
            var header = new SegmentHeader(
                poolId, first, writer._rows, writer._erased, bodyEnd, writer._body.Finish(), [.. writer._sections]);
            var page = new byte[SegmentHeader.Bytes];
            header.Write(page);
            file.Write(0, page);
            file.Sync();
            return new SegmentInfo(number, first, header.Rows, header.ErasedRows, header.FileBytes, SegmentHeader.Checksum(page));
        }
    }

    private void WriteRows()
    {
        var values = new SegmentValues();
        var start = Begin();
        Span<byte> bytes = stackalloc byte[SegmentRow.Bytes];
        for (var row = _first; row < _first + _rows; row++)
        {
            ref readonly var r = ref _table.Rows[row];
            if (r.IsErased) _erased++;
            SegmentRow.Write(bytes, r, _table.Lexical.Length(row), values);
            _body.Write(bytes);
        }
        End(SectionKind.Rows, 0, start);
        using var writer = new ByteWriter(4096);
        values.WriteTo(writer, _table);
        start = Begin();
        _body.Write(writer.Written);
        End(SectionKind.Values, 0, start);
    }

    private void WritePostings()
    {
        // A pool of long texts has millions of terms: they are held once, and what is kept takes the place of what is not.
        var terms = _table.Lexical.TermsFrom(_first);
        var ends = new ulong[terms.Length];
        var kept = 0;
        var list = new PostingList();
        var start = Begin();
        foreach (var term in terms)
        {
            list.Clear();
            for (var cursor = _table.Lexical.Postings(term).Read(); cursor.MoveNext();)
            {
                if (cursor.Document < _first || _table.Rows[cursor.Document].IsErased) continue;
                list.Add(cursor.Document - _first, cursor.Frequency);
            }
            if (list.LastDocument < 0) continue;
            _body.Write(list.Encoded);
            (terms[kept], ends[kept]) = (term, (ulong)(_body.Position - start));
            kept++;
        }
        End(SectionKind.Postings, 0, start);
        WriteNumbers(SectionKind.Terms, terms.AsSpan(0, kept));
        WriteNumbers(SectionKind.TermEnds, ends.AsSpan(0, kept));
    }

    private void WriteNumbers(SectionKind kind, Span<ulong> numbers)
    {
        var start = Begin();
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(numbers, numbers);
        _body.Write(MemoryMarshal.AsBytes(numbers));
        End(kind, 0, start);
    }

    private void WriteVectors(int space)
    {
        var column = _table.Spaces[space].Column;
        var slots = new List<int>();
        for (var slot = column.FirstSlotFrom(_first); slot < column.Count; slot++)
            if (!_table.Rows[column.Row(slot)].IsErased) slots.Add(slot);
        if (slots.Count == 0) return;
        var start = Begin();
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var slot in slots)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, column.Row(slot) - _first);
            _body.Write(number);
        }
        End(SectionKind.VectorRows, space, start);
        start = Begin();
        foreach (var slot in slots) WriteFloats(column.Vector(slot));
        End(SectionKind.Vectors, space, start);
    }

    private void WriteFloats(ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            _body.Write(MemoryMarshal.AsBytes(vector));
            return;
        }
        Span<byte> number = stackalloc byte[sizeof(float)];
        foreach (var component in vector)
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, component);
            _body.Write(number);
        }
    }

    private long Begin()
    {
        _body.Align();
        return _body.Position;
    }

    private void End(SectionKind kind, int space, long start) => _sections.Add(new Section(kind, space, start, _body.Position - start));
}
