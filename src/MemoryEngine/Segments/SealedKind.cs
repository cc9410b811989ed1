namespace MemoryEngine.Segments;

/// <summary>What a section of a sealed file holds. Stored; values only grow.</summary>
[Stored]
internal enum SectionKind : uint
{
    /// <summary>The columns of each row, of fixed width.</summary>
    Rows = 1,

    /// <summary>The names, tag sets and preconditions that the rows use.</summary>
    Values = 2,

    /// <summary>Of segment format 1, which is not read any more: the posting lists.</summary>
    Postings = 3,

    /// <summary>Of segment format 1: the hash of each term.</summary>
    Terms = 4,

    /// <summary>Of segment format 1: where the postings of each term end.</summary>
    TermEnds = 5,

    /// <summary>The rows that have a vector in a space, counted from the segment's first; absent when all of them have one.</summary>
    VectorRows = 6,

    /// <summary>Their vectors, as they are compared.</summary>
    Vectors = 7,

    /// <summary>The posting lists, one behind the other, rows counted from the segment's first.</summary>
    PostingLists = 8,

    /// <summary>The hash of each term, ascending, and where its list begins.</summary>
    TermDirectory = 9,

    /// <summary>What is known of each block of postings without reading it.</summary>
    PostingBlocks = 10,

    /// <summary>The lexical length of each row.</summary>
    Lengths = 11,
}

/// <summary>The kinds of sealed files that share a header.</summary>
internal sealed class SealedKind
{
    public static readonly SealedKind Segment = new(
        "segment", "MEMSEGM\n"u8, 2, [
            SectionKind.Rows, SectionKind.Values, SectionKind.PostingLists, SectionKind.TermDirectory, SectionKind.PostingBlocks, SectionKind.Lengths,
        ]);

    public static readonly SealedKind Vectors = new("vector file", "MEMVECT\n"u8, 1, [SectionKind.VectorRows, SectionKind.Vectors]);

    private readonly byte[] _magic;

    private SealedKind(string name, ReadOnlySpan<byte> magic, uint formatVersion, SectionKind[] sections) =>
        (Name, _magic, FormatVersion, Sections) = (name, magic.ToArray(), formatVersion, sections);

    public string Name { get; }

    public ReadOnlySpan<byte> Magic => _magic;

    public uint FormatVersion { get; }

    /// <summary>What it may hold.</summary>
    public SectionKind[] Sections { get; }
}
