using System.Runtime.InteropServices;

namespace MemoryEngine.Index;

/// <summary>What the words of a segment are kept in; each is a section of its file.</summary>
internal enum PostingSection
{
    /// <summary>The lists, one behind the other.</summary>
    Lists,

    /// <summary>The terms' hashes, ascending, and where the list of each begins.</summary>
    Terms,

    /// <summary>What is known of each block of 128 postings without reading it.</summary>
    Blocks,

    /// <summary>The lexical length of each row.</summary>
    Lengths,
}

/// <summary>Takes what <see cref="PostingsWriter"/> makes. Each section comes from front to back; the sections come side by side.</summary>
internal interface IPostingSink
{
    void Write(PostingSection section, ReadOnlySpan<byte> bytes);
}

/// <summary>The bytes of a section of a sealed segment, which stay where they are as long as anybody reads.</summary>
internal interface IVerifiedBytes
{
    long Length { get; }

    /// <summary>Where a part of the section lies, after what it touches was verified.</summary>
    /// <param name="offset">From the section's beginning.</param>
    /// <param name="length">Bytes; the part lies within the section, or else the caller is at fault.</param>
    /// <exception cref="CorruptionException">The bytes are not those that were written.</exception>
    unsafe byte* At(long offset, long length);
}

/// <summary>The sections of one segment's words.</summary>
internal sealed record PostingSections(IVerifiedBytes Lists, IVerifiedBytes Terms, IVerifiedBytes Blocks, IVerifiedBytes Lengths);

/// <summary>
/// What is known of a block before it is read: enough to step over it, and to bound the score of any of its postings, in
/// every view, for both terms of BM25 are monotone (Ding and Suel 2011 keep the score itself, which is of one view).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct BlockEntry
{
    public const int Bytes = 16;

    /// <summary>The last row of the block.</summary>
    public uint LastRow;

    /// <summary>Where the block begins, from the beginning of its list.</summary>
    public uint Offset;

    /// <summary>The least lexical length of its rows.</summary>
    public uint MinLength;

    /// <summary>The greatest frequency of its postings.</summary>
    public ushort MaxFrequency;

    /// <summary>Bits of each step.</summary>
    public byte RowBits;

    /// <summary>Bits of each frequency.</summary>
    public byte FrequencyBits;
}

/// <summary>The numbers of the format that its writer and its reader share; docs/format.md says the same in words.</summary>
internal static class PostingsFormat
{
    /// <summary>Terms whose lists are found from one base.</summary>
    public const int GroupTerms = 64;

    /// <summary>The directory ends with the number of its terms.</summary>
    public const int FooterBytes = sizeof(ulong);

    /// <summary>An entry of the directory with this bit is itself the one posting of its term.</summary>
    public const uint Inline = 0x8000_0000;

    /// <summary>No count, nor number of a block, takes more.</summary>
    public const int MostVarIntBytes = 5;

    /// <summary>No posting outside of blocks takes more.</summary>
    public const int MostPostingBytes = PostingList.MostBytes;

    /// <summary>Bits of a row number in a segment; the others of an inline entry are those of the frequency, less one.</summary>
    public static int RowBits(int rows) => Math.Max(1, 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(rows - 1)));
}
