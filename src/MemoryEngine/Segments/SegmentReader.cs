using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Reads a segment, strictly: each block against its checksum, and everything in it against what it may be. Whatever is
/// wrong is a <see cref="CorruptionException"/> with file and offset; the table it was being read into is then of no use.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly IFile _file;
    private readonly uint _checksum;

    private SegmentReader(IFile file)
    {
        _file = file;
        var page = new byte[SegmentHeader.Bytes];
        var read = file.Read(0, page);
        Header = SegmentHeader.Read(page.AsSpan(0, read), file.Path, file.Length);
        _checksum = SegmentHeader.Checksum(page);
    }

    public SegmentHeader Header { get; }

    public static SegmentReader Open(IFileSystem files, string path)
    {
        var file = files.Open(path, FileOpening.Read);
        try
        {
            return new SegmentReader(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a file that is not the one a manifest names.</summary>
    public void EnsureIs(SegmentInfo named, Guid poolId)
    {
        var found = named with
        {
            FirstRow = Header.FirstRow,
            Rows = Header.Rows,
            ErasedRows = Header.ErasedRows,
            Length = Header.FileBytes,
            Checksum = _checksum,
        };
        if (found != named || Header.PoolId != poolId)
            throw new CorruptionException(_file.Path, 0, $"{named} of pool {poolId}", $"{found} of pool {Header.PoolId}");
    }

    /// <summary>Files its rows, which are the next ones of the table.</summary>
    public void Load(RowTable table)
    {
        if (Header.FirstRow != table.RowCount)
            throw new CorruptionException(_file.Path, 32, $"rows from {table.RowCount}", $"rows from {Header.FirstRow}");
        var blocks = new BlockReader(_file, Header);
        LoadRows(blocks, table);
        LoadPostings(blocks, table);
        for (var i = (int)SectionKind.TermEnds; i < Header.Sections.Length; i += 2)
            LoadVectors(blocks, table, Header.Sections[i], Header.Sections[i + 1]);
    }

    /// <summary>Reads every byte; what is wrong, block by block.</summary>
    public IEnumerable<CorruptionException> Check()
    {
        BlockReader? blocks = null;
        CorruptionException? wrong = null;
        try
        {
            blocks = new BlockReader(_file, Header);
        }
        catch (CorruptionException e)
        {
            wrong = e;
        }
        if (wrong is not null) yield return wrong;
        for (var block = 0; blocks is not null && block < Header.BlockCount; block++)
            if (WhatIsWrong(blocks, block) is { } found) yield return found;
    }

    public void Dispose() => _file.Dispose();

    private static CorruptionException? WhatIsWrong(BlockReader blocks, int block)
    {
        try
        {
            blocks.Check(block);
            return null;
        }
        catch (CorruptionException e)
        {
            return e;
        }
    }

    private void LoadRows(BlockReader blocks, RowTable table)
    {
        var (rows, stored) = (Header.Sections[0], Header.Sections[1]);
        if (rows.Length != (long)Header.Rows * SegmentRow.Bytes) throw Malformed(rows, $"{Header.Rows} rows");
        var values = stored.Length <= int.MaxValue ? LoadedValues.Read(blocks.At(stored.Offset, (int)stored.Length), table) : null;
        if (values is null) throw Malformed(stored, "names, tags and preconditions");
        var erased = 0;
        for (var row = 0; row < Header.Rows; row++)
        {
            var offset = rows.Offset + ((long)row * SegmentRow.Bytes);
            if (!SegmentRow.TryFile(blocks.At(offset, SegmentRow.Bytes), values, table))
                throw new CorruptionException(_file.Path, offset, $"row {Header.FirstRow + row}", "other bytes");
            if (table.Rows[Header.FirstRow + row].IsErased) erased++;
        }
        if (erased != Header.ErasedRows) throw Malformed(rows, $"{Header.ErasedRows} rows that hold nothing");
    }

    private void LoadPostings(BlockReader blocks, RowTable table)
    {
        var (postings, terms, ends) = (Header.Sections[2], Header.Sections[3], Header.Sections[4]);
        if (terms.Length != ends.Length || terms.Length % sizeof(ulong) != 0 || terms.Length > int.MaxValue)
            throw Malformed(terms, "as many terms as ends of postings");
        var hashes = blocks.At(terms.Offset, (int)terms.Length).ToArray();
        var stops = blocks.At(ends.Offset, (int)ends.Length).ToArray();
        var (at, previous) = (0L, 0UL);
        for (var i = 0; i < hashes.Length; i += sizeof(ulong))
        {
            var (term, end) = (BinaryPrimitives.ReadUInt64LittleEndian(hashes.AsSpan(i)), BinaryPrimitives.ReadInt64LittleEndian(stops.AsSpan(i)));
            if (i > 0 && term <= previous) throw Malformed(terms, "ascending terms");
            if (end <= at || end > postings.Length || end - at > (long)Header.Rows * PostingList.MostBytes)
                throw Malformed(ends, "ascending ends of postings");
            var encoded = blocks.At(postings.Offset + at, (int)(end - at));
            if (!table.Lexical.TryAppend(term, Header.FirstRow, Header.Rows, encoded))
                throw new CorruptionException(_file.Path, postings.Offset + at, $"postings of {Header.Rows} rows", "other bytes");
            (at, previous) = (end, term);
        }
        if (at != postings.Length) throw Malformed(postings, $"postings up to {postings.Offset + at}");
    }

    private void LoadVectors(BlockReader blocks, RowTable table, Section rows, Section vectors)
    {
        if (rows.Space >= table.Spaces.Count) throw Malformed(rows, $"vectors of {table.Spaces.Count} spaces");
        var column = table.Spaces[rows.Space].Column;
        var (count, size) = (rows.Length / sizeof(int), column.Dimension * sizeof(float));
        if (rows.Length % sizeof(int) != 0 || count > Header.Rows || vectors.Length != count * size)
            throw Malformed(vectors, $"{count} vectors of {column.Dimension} components");
        var numbers = blocks.At(rows.Offset, (int)rows.Length).ToArray();
        var vector = new float[column.Dimension];
        var previous = -1;
        for (var i = 0; i < count; i++)
        {
            var row = BinaryPrimitives.ReadInt32LittleEndian(numbers.AsSpan(i * sizeof(int)));
            if (row <= previous || row >= Header.Rows) throw Malformed(rows, "ascending rows");
            ReadFloats(blocks.At(vectors.Offset + ((long)i * size), size), vector);
            column.AddKept(Header.FirstRow + row, vector);
            previous = row;
        }
    }

    private static void ReadFloats(ReadOnlySpan<byte> bytes, float[] vector)
    {
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        else for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    private CorruptionException Malformed(in Section section, string expected) =>
        new(_file.Path, section.Offset, expected, $"a section of {section.Length} bytes that holds something else");
}
