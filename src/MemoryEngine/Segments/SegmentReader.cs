using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Reads a segment's rows, strictly: each block against its checksum, and everything in it against what it may be.
/// Whatever is wrong is a <see cref="CorruptionException"/> with file and offset; the table it was being read into is then of no use.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>Of how words are made of a text. Another revision makes others: then they are made anew.</summary>
    public const uint AnalysisRevision = 2;

    private readonly IFile _file;
    private readonly uint _checksum;

    private SegmentReader(IFile file)
    {
        _file = file;
        (Header, _checksum) = ReadHeader(SealedKind.Segment, file);
        if (Header.Sections.Length != SealedKind.Segment.Sections.Length)
            throw new CorruptionException(file.Path, 64, $"{SealedKind.Segment.Sections.Length} sections", $"{Header.Sections.Length}");
    }

    public SealedHeader Header { get; }

    /// <summary>Whether its words are those that texts have today. Otherwise it is whole, and of no use.</summary>
    public bool IsOfThisAnalysis => Header.Revision == AnalysisRevision;

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
            ErasedRows = Header.EmptyRows,
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
    }

    /// <summary>Reads every byte of a sealed file of any kind; what is wrong, block by block.</summary>
    /// <exception cref="CorruptionException">Its header or its table of checksums is damaged.</exception>
    public static (long Bytes, List<CorruptionException> Problems) Check(IFileSystem files, SealedKind kind, string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var (header, _) = ReadHeader(kind, file);
        var problems = new List<CorruptionException>();
        try
        {
            var blocks = new BlockReader(file, header);
            for (var block = 0; block < header.BlockCount; block++)
                if (WhatIsWrong(blocks, block) is { } found) problems.Add(found);
        }
        catch (CorruptionException e)
        {
            problems.Add(e);
        }
        return (header.FileBytes, problems);
    }

    public void Dispose() => _file.Dispose();

    private static (SealedHeader Header, uint Checksum) ReadHeader(SealedKind kind, IFile file)
    {
        var page = new byte[SealedHeader.Bytes];
        var read = file.Read(0, page);
        return (SealedHeader.Read(kind, page.AsSpan(0, read), file.Path, file.Length), SealedHeader.Checksum(page));
    }

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
        if (erased != Header.EmptyRows) throw Malformed(rows, $"{Header.EmptyRows} rows that hold nothing");
    }

    private CorruptionException Malformed(in Section section, string expected) =>
        new(_file.Path, section.Offset, expected, $"a section of {section.Length} bytes that holds something else");
}
