using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>What a section of a segment holds, in the order in which they lie. Stored; values only grow.</summary>
[Stored]
internal enum SectionKind : uint
{
    /// <summary>The columns of each row, of fixed width.</summary>
    Rows = 1,

    /// <summary>The names, tag sets and preconditions that the rows use.</summary>
    Values = 2,

    /// <summary>The posting lists, one behind the other, rows counted from the segment's first.</summary>
    Postings = 3,

    /// <summary>The hash of each term, ascending.</summary>
    Terms = 4,

    /// <summary>Where the postings of each term end.</summary>
    TermEnds = 5,

    /// <summary>The rows that have a vector in a space, counted from the segment's first.</summary>
    VectorRows = 6,

    /// <summary>Their vectors, as they are compared.</summary>
    Vectors = 7,
}

/// <summary>Where a section lies.</summary>
internal readonly record struct Section(SectionKind Kind, int Space, long Offset, long Length);

/// <summary>
/// The first page of a segment file; docs/format.md says the same in words. Sections begin at multiples of 64, so that the
/// file can be mapped and used where it lies. The page's checksum is in the manifest, those of all other bytes, a block of
/// 64 KiB each, stand at the file's end under one of their own in this page: no byte goes unchecked.
/// </summary>
internal sealed record SegmentHeader(Guid PoolId, int FirstRow, int Rows, int ErasedRows, long BodyEnd, uint SumsChecksum, Section[] Sections)
{
    public const int Bytes = 4096;
    public const int BlockBytes = 64 << 10;
    public const int Alignment = 64;

    private const uint FormatVersion = 1;

    /// <summary>Of how words and vectors are made of a text. Another revision makes others: then they are made anew.</summary>
    private const uint AnalysisRevision = 2;

    private const int SectionsAt = 72;
    private const int SectionBytes = 24;
    private const int ChecksumAt = Bytes - 4;
    private const int PlainSections = (int)SectionKind.TermEnds;
    private const int MostSections = PlainSections + (2 * Limits.MaxSpaces);

    private static ReadOnlySpan<byte> Magic => "MEMSEGM\n"u8;

    /// <summary>The revision of the analysis that made its words and vectors.</summary>
    public uint Analysis { get; private init; } = AnalysisRevision;

    /// <summary>Whether its words are those that texts have today. Otherwise it is whole, and of no use.</summary>
    public bool IsOfThisAnalysis => Analysis == AnalysisRevision;

    public int BlockCount => (int)((BodyEnd - Bytes + BlockBytes - 1) / BlockBytes);

    public long FileBytes => BodyEnd + ((long)BlockCount * sizeof(uint));

    public static uint Checksum(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]);

    public void Write(Span<byte> page)
    {
        page[..Bytes].Clear();
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[8..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], 0); // feature flags: none yet
        PoolId.TryWriteBytes(page[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], FirstRow);
        BinaryPrimitives.WriteInt32LittleEndian(page[40..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(page[44..], ErasedRows);
        BinaryPrimitives.WriteInt64LittleEndian(page[48..], BodyEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(page[56..], SumsChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(page[60..], AnalysisRevision);
        BinaryPrimitives.WriteInt32LittleEndian(page[64..], Sections.Length);
        for (var i = 0; i < Sections.Length; i++)
        {
            var target = page[(SectionsAt + (i * SectionBytes))..];
            BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)Sections[i].Kind);
            BinaryPrimitives.WriteInt32LittleEndian(target[4..], Sections[i].Space);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], Sections[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(target[16..], Sections[i].Length);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Crc32C.Compute(page[..ChecksumAt]));
    }

    /// <summary>Reads the first page; throws for damage, for a file that is no segment and for a newer format.</summary>
    public static SegmentHeader Read(ReadOnlySpan<byte> page, string path, long fileBytes)
    {
        if (page.Length < Bytes) throw new CorruptionException(path, 0, $"a header of {Bytes} bytes", $"a file of {page.Length} bytes");
        var computed = Crc32C.Compute(page[..ChecksumAt]);
        if (Checksum(page) != computed)
            throw new CorruptionException(path, 0, $"a segment header with checksum {computed:x8}", $"checksum {Checksum(page):x8}");
        if (!page.StartsWith(Magic)) throw new CorruptionException(path, 0, "the mark of a segment", "another mark");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(page[8..]);
        var features = BinaryPrimitives.ReadUInt32LittleEndian(page[12..]);
        if (version > FormatVersion || features != 0)
        {
            throw new MemoryEngineException(
                ErrorCode.NewerFormat,
                $"{path} has segment format {version} with features {features:x}; this version of MemoryEngine reads format " +
                $"{FormatVersion} without features. Nothing was changed; open the pool with a newer version.");
        }
        var first = BinaryPrimitives.ReadInt64LittleEndian(page[32..]);
        var (rows, erased) = (BinaryPrimitives.ReadInt32LittleEndian(page[40..]), BinaryPrimitives.ReadInt32LittleEndian(page[44..]));
        var (bodyEnd, count) = (BinaryPrimitives.ReadInt64LittleEndian(page[48..]), BinaryPrimitives.ReadInt32LittleEndian(page[64..]));
        if (rows < 1 || first < 0 || first > int.MaxValue - rows || erased < 0 || erased > rows)
            throw new CorruptionException(path, 32, "a range of rows", $"{rows} rows from {first}");
        if (bodyEnd < Bytes || bodyEnd > fileBytes) throw new CorruptionException(path, 48, $"an end before {fileBytes}", $"{bodyEnd}");
        if (count is < PlainSections or > MostSections)
            throw new CorruptionException(path, 64, $"{PlainSections} to {MostSections} sections", $"{count}");
        var header = new SegmentHeader(
            new Guid(page.Slice(16, 16), bigEndian: true), (int)first, rows, erased, bodyEnd,
            BinaryPrimitives.ReadUInt32LittleEndian(page[56..]), ReadSections(page, count, bodyEnd, path))
        {
            Analysis = BinaryPrimitives.ReadUInt32LittleEndian(page[60..]),
        };
        return header.FileBytes == fileBytes
            ? header
            : throw new CorruptionException(path, fileBytes, $"a file of {header.FileBytes} bytes", $"one of {fileBytes}");
    }

    private static Section[] ReadSections(ReadOnlySpan<byte> page, int count, long bodyEnd, string path)
    {
        var sections = new Section[count];
        long end = Bytes;
        for (var i = 0; i < count; i++)
        {
            var source = page[(SectionsAt + (i * SectionBytes))..];
            var section = new Section(
                (SectionKind)BinaryPrimitives.ReadUInt32LittleEndian(source),
                BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
            var fits = section.Offset == ((end + Alignment - 1) & -Alignment) && section.Length >= 0 && section.Length <= bodyEnd - section.Offset;
            if (!fits || !IsNext(sections, i, section))
                throw new CorruptionException(path, SectionsAt + (i * SectionBytes), "the next section", $"{section}");
            sections[i] = section;
            end = section.Offset + section.Length;
        }
        return end == bodyEnd ? sections : throw new CorruptionException(path, end, $"sections up to {bodyEnd}", $"sections up to {end}");
    }

    // The plain ones in their order, then rows and vectors of each space that has any.
    private static bool IsNext(Section[] before, int index, in Section section)
    {
        if (index < PlainSections) return section.Kind == (SectionKind)(index + 1) && section.Space == 0;
        var ofSpace = (index - PlainSections) % 2;
        if (section.Kind != SectionKind.VectorRows + (uint)ofSpace) return false;
        return ofSpace == 1
            ? section.Space == before[index - 1].Space
            : section.Space is >= 0 and < Limits.MaxSpaces && (index == PlainSections || section.Space > before[index - 1].Space);
    }
}
