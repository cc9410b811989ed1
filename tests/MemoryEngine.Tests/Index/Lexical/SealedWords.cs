using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>The words of a segment that was written into memory.</summary>
internal sealed class SealedWords : IPostingSink, IDisposable
{
    private readonly List<byte>[] _written = [.. Enum.GetValues<PostingSection>().Select(_ => new List<byte>())];
    private GuardedBytes[] _sections = [];

    /// <summary>The bytes of each section, once it is open.</summary>
    public IReadOnlyList<GuardedBytes> Sections => _sections;

    /// <summary>Writes terms, ascending, and opens what was written.</summary>
    public static (SealedWords Words, SegmentPostings Postings) Write(
        int firstRow, int[] lengths, IEnumerable<(ulong Term, int[] Rows, int[] Frequencies)> lists)
    {
        var words = new SealedWords();
        var writer = new PostingsWriter(words, lengths);
        foreach (var (term, rows, frequencies) in lists) writer.Add(term, rows, frequencies);
        writer.Finish();
        return (words, words.Open(firstRow, lengths.Length));
    }

    public SegmentPostings Open(int firstRow, int rows)
    {
        if (_sections.Length == 0) _sections = [.. _written.Select(w => new GuardedBytes(w.ToArray()))];
        return new SegmentPostings(firstRow, rows, new PostingSections(_sections[0], _sections[1], _sections[2], _sections[3]));
    }

    void IPostingSink.Write(PostingSection section, ReadOnlySpan<byte> bytes) => _written[(int)section].AddRange(bytes);

    public void Dispose()
    {
        foreach (var section in _sections) section.Dispose();
    }
}
