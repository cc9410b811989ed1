using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>The words of a segment in memory that does not move.</summary>
internal sealed class NativeWords : IPostingSink, IDisposable
{
    private readonly int _firstRow;
    private readonly int _rows;
    private readonly List<byte>[] _written = [.. Enum.GetValues<PostingSection>().Select(_ => new List<byte>())];
    private NativeBytes[] _sections = [];

    public NativeWords(int firstRow, int[] lengths)
    {
        (_firstRow, _rows) = (firstRow, lengths.Length);
        Writer = new PostingsWriter(this, lengths);
    }

    public PostingsWriter Writer { get; }

    public void Finish()
    {
        Writer.Finish();
        _sections = [.. _written.Select(w => new NativeBytes(CollectionsMarshal.AsSpan(w)))];
    }

    public SegmentPostings Open() =>
        new(_firstRow, _rows, new PostingSections(_sections[0], _sections[1], _sections[2], _sections[3]));

    public long Bytes(PostingSection section) => _sections[(int)section].Length;

    void IPostingSink.Write(PostingSection section, ReadOnlySpan<byte> bytes) => _written[(int)section].AddRange(bytes);

    public void Dispose()
    {
        foreach (var section in _sections) section.Dispose();
    }

    private sealed unsafe class NativeBytes : IVerifiedBytes, IDisposable
    {
        private readonly byte* _first;

        public NativeBytes(ReadOnlySpan<byte> bytes)
        {
            _first = (byte*)NativeMemory.AlignedAlloc((nuint)bytes.Length + 64, 64);
            bytes.CopyTo(new Span<byte>(_first, bytes.Length));
            Length = bytes.Length;
        }

        public long Length { get; }

        public byte* At(long offset, long length) => _first + offset;

        public void Dispose() => NativeMemory.AlignedFree(_first);
    }
}
