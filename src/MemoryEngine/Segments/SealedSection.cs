using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>A section of a mapped file, checked where it is touched.</summary>
internal sealed class SealedSection(SealedBytes bytes, Section section) : IVerifiedBytes
{
    public long Length => section.Length;

    public unsafe byte* At(long offset, long length) => bytes.At(section.Offset + offset, length);
}
