using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Takes the sections of a segment's words, which come side by side: lists go to the file as they come, the others, which are
/// small, wait in memory.
/// </summary>
internal sealed class PostingSink(SealedWriter file) : IPostingSink, IDisposable
{
    private readonly ByteWriter _terms = new(1 << 16);
    private readonly ByteWriter _blocks = new(1 << 12);
    private readonly ByteWriter _lengths = new(1 << 14);

    public void Write(PostingSection section, ReadOnlySpan<byte> bytes)
    {
        switch (section)
        {
            case PostingSection.Lists: file.Write(bytes); break;
            case PostingSection.Terms: _terms.Bytes(bytes); break;
            case PostingSection.Blocks: _blocks.Bytes(bytes); break;
            default: _lengths.Bytes(bytes); break;
        }
    }

    /// <summary>Writes what has waited, a section each.</summary>
    public void WriteOthers()
    {
        Write(SectionKind.TermDirectory, _terms);
        Write(SectionKind.PostingBlocks, _blocks);
        Write(SectionKind.Lengths, _lengths);
    }

    public void Dispose()
    {
        _terms.Dispose();
        _blocks.Dispose();
        _lengths.Dispose();
    }

    private void Write(SectionKind kind, ByteWriter waiting)
    {
        file.Begin();
        file.Write(waiting.Written);
        file.End(kind);
    }
}
