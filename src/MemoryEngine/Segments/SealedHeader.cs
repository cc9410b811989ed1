using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>Where a section lies.</summary>
internal readonly record struct Section(SectionKind Kind, int Space, long Offset, long Length);

/// <summary>
/// The first page of a sealed file, a segment or the vectors of one; docs/format.md says the same in words. Sections begin at
/// multiples of 64, so that the file can be mapped and used where it lies. The page's checksum is in the manifest, those of all
/// other bytes, a block of 64 KiB each, stand at the file's end under one of their own in this page: no byte goes unchecked.
/// </summary>
/// <param name="Kind">What the file is.</param>
/// <param name="PoolId">Whose it is.</param>
/// <param name="FirstRow">The first row it is about.</param>
/// <param name="Rows">How many rows it is about.</param>
/// <param name="EmptyRows">How many of them have nothing in it.</param>
/// <param name="Dimension">Of its vectors; 0 of a segment.</param>
/// <param name="Revision">Of what was derived to make it: words of texts, vectors of words. Other than expected, it is made anew.</param>
/// <param name="BodyEnd">Where the sections end.</param>
/// <param name="SumsChecksum">The checksum of the blocks' checksums.</param>
/// <param name="Sections">What is in it.</param>
internal sealed record SealedHeader(
    SealedKind Kind, Guid PoolId, int FirstRow, int Rows, int EmptyRows, int Dimension, uint Revision, long BodyEnd, uint SumsChecksum,
    Section[] Sections)
{
    public const int Bytes = 4096;
    public const int BlockBytes = 64 << 10;
    public const int Alignment = 64;

    private const int SectionsAt = 72;
    private const int SectionBytes = 24;
    private const int ChecksumAt = Bytes - 4;

    public int BlockCount => (int)((BodyEnd - Bytes + BlockBytes - 1) / BlockBytes);

    public long FileBytes => BodyEnd + ((long)BlockCount * sizeof(uint));

    public static uint Checksum(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]);

    public void Write(Span<byte> page)
    {
        page[..Bytes].Clear();
        Kind.Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[8..], Kind.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], 0); // feature flags: none yet
        PoolId.TryWriteBytes(page[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], FirstRow);
        BinaryPrimitives.WriteInt32LittleEndian(page[40..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(page[44..], EmptyRows);
        BinaryPrimitives.WriteInt64LittleEndian(page[48..], BodyEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(page[56..], SumsChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(page[60..], Revision);
        BinaryPrimitives.WriteInt32LittleEndian(page[64..], Sections.Length);
        BinaryPrimitives.WriteInt32LittleEndian(page[68..], Dimension);
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

    /// <summary>Reads the first page; throws for damage, for a file that is of another kind and for a newer format.</summary>
    public static SealedHeader Read(SealedKind kind, ReadOnlySpan<byte> page, string path, long fileBytes)
    {
        if (page.Length < Bytes) throw new CorruptionException(path, 0, $"a header of {Bytes} bytes", $"a file of {page.Length} bytes");
        page = page[..Bytes];
        var computed = Crc32C.Compute(page[..ChecksumAt]);
        if (Checksum(page) != computed)
            throw new CorruptionException(path, 0, $"a {kind.Name} header with checksum {computed:x8}", $"checksum {Checksum(page):x8}");
        if (!page.StartsWith(kind.Magic)) throw new CorruptionException(path, 0, $"the mark of a {kind.Name}", "another mark");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(page[8..]);
        var features = BinaryPrimitives.ReadUInt32LittleEndian(page[12..]);
        if (version > kind.FormatVersion || features != 0)
        {
            throw new MemoryEngineException(
                ErrorCode.NewerFormat,
                $"{path} has {kind.Name} format {version} with features {features:x}; this version of MemoryEngine reads format " +
                $"{kind.FormatVersion} without features. Nothing was changed; open the pool with a newer version.");
        }
        if (version < kind.FormatVersion)
            throw new CorruptionException(path, 8, $"{kind.Name} format {kind.FormatVersion}", $"format {version}, of an earlier version");
        var first = BinaryPrimitives.ReadInt64LittleEndian(page[32..]);
        var (rows, empty) = (BinaryPrimitives.ReadInt32LittleEndian(page[40..]), BinaryPrimitives.ReadInt32LittleEndian(page[44..]));
        var (bodyEnd, count) = (BinaryPrimitives.ReadInt64LittleEndian(page[48..]), BinaryPrimitives.ReadInt32LittleEndian(page[64..]));
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(page[68..]);
        if (rows < 1 || first < 0 || first > int.MaxValue - rows || empty < 0 || empty > rows)
            throw new CorruptionException(path, 32, "a range of rows", $"{rows} rows from {first}");
        if (bodyEnd < Bytes || bodyEnd > fileBytes) throw new CorruptionException(path, 48, $"an end before {fileBytes}", $"{bodyEnd}");
        if (count < 1 || count > kind.Sections.Length) throw new CorruptionException(path, 64, $"1 to {kind.Sections.Length} sections", $"{count}");
        if (dimension < 0 || dimension > Limits.MaxDimension) throw new CorruptionException(path, 68, "a dimension", $"{dimension}");
        var header = new SealedHeader(
            kind, new Guid(page.Slice(16, 16), bigEndian: true), (int)first, rows, empty, dimension,
            BinaryPrimitives.ReadUInt32LittleEndian(page[60..]), bodyEnd, BinaryPrimitives.ReadUInt32LittleEndian(page[56..]),
            ReadSections(kind, page, count, bodyEnd, path));
        return header.FileBytes == fileBytes
            ? header
            : throw new CorruptionException(path, fileBytes, $"a file of {header.FileBytes} bytes", $"one of {fileBytes}");
    }

    /// <summary>The section of a kind; empty when there is none.</summary>
    public Section Find(SectionKind kind) => Array.Find(Sections, s => s.Kind == kind);

    private static Section[] ReadSections(SealedKind kind, ReadOnlySpan<byte> page, int count, long bodyEnd, string path)
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
            if (!fits || section.Space is < 0 or >= SpaceTable.Slots || !IsNext(kind, sections, i, section.Kind))
                throw new CorruptionException(path, SectionsAt + (i * SectionBytes), "the next section", $"{section}");
            sections[i] = section;
            end = section.Offset + section.Length;
        }
        return end == bodyEnd ? sections : throw new CorruptionException(path, end, $"sections up to {bodyEnd}", $"sections up to {end}");
    }

    // In the order of their kind, each once.
    private static bool IsNext(SealedKind kind, Section[] before, int index, SectionKind next) =>
        kind.Sections.Contains(next) && (index == 0 || next > before[index - 1].Kind);
}
