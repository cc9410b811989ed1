using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemoryEngine.Index;

/// <summary>
/// Writes the words of a segment, one term at a time, ascending; rows are counted from the segment's first. What it holds
/// is four bytes a term: everything else goes to the sink as it comes.
/// </summary>
internal sealed class PostingsWriter
{
    private readonly IPostingSink _sink;
    private readonly int[] _lengths;
    private readonly int _inlineRowBits;
    private readonly List<uint> _entries = [];
    private readonly List<ulong> _bases = [];
    private readonly PostingList _tail = new();
    private readonly uint[] _values = new uint[PostingBlock.Size];
    private readonly byte[] _packed = new byte[PostingBlock.Bytes(PostingBlock.MostRowBits + PostingBlock.MostFrequencyBits)];
    private ulong _lastTerm;
    private long _listBytes;
    private long _blocks;

    /// <param name="sink">Gets the sections.</param>
    /// <param name="lengths">The lexical length of each row; the writer keeps the array.</param>
    public PostingsWriter(IPostingSink sink, int[] lengths)
    {
        (_sink, _lengths, _inlineRowBits) = (sink, lengths, PostingsFormat.RowBits(lengths.Length));
        sink.Write(PostingSection.Lengths, MemoryMarshal.AsBytes<int>(lengths));
    }

    /// <summary>Adds a term.</summary>
    /// <param name="term">Its hash, above that of the term before.</param>
    /// <param name="rows">Its rows, ascending; one at least.</param>
    /// <param name="frequencies">How often each has it, 1 to 65,535.</param>
    public void Add(ulong term, ReadOnlySpan<int> rows, ReadOnlySpan<int> frequencies)
    {
        if (_entries.Count > 0 && term <= _lastTerm) throw new ArgumentException($"Term {term:x} follows term {_lastTerm:x}.", nameof(term));
        if (rows.IsEmpty || rows.Length != frequencies.Length || rows[0] < 0 || rows[^1] >= _lengths.Length)
            throw new ArgumentException($"{rows.Length} rows of {_lengths.Length} with {frequencies.Length} frequencies.", nameof(rows));
        _lastTerm = term;
        if (_entries.Count % PostingsFormat.GroupTerms == 0) _bases.Add((ulong)_listBytes);
        Write(PostingSection.Terms, term);
        _entries.Add(EntryOf(rows, frequencies));
    }

    /// <summary>Writes what can only be written at the end.</summary>
    public void Finish()
    {
        _sink.Write(PostingSection.Terms, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_bases)));
        _sink.Write(PostingSection.Terms, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_entries)));
        Write(PostingSection.Terms, (ulong)_entries.Count);
    }

    private uint EntryOf(ReadOnlySpan<int> rows, ReadOnlySpan<int> frequencies)
    {
        var above = (long)(frequencies[0] - 1) << _inlineRowBits;
        if (rows.Length == 1 && above < PostingsFormat.Inline) return PostingsFormat.Inline | (uint)above | (uint)rows[0];
        var offset = _listBytes - (long)_bases[^1];
        if (offset >= PostingsFormat.Inline)
            throw new InvalidOperationException($"{PostingsFormat.GroupTerms} neighbouring terms have 2 GiB of postings.");
        WriteList(rows, frequencies);
        return (uint)offset;
    }

    private void WriteList(ReadOnlySpan<int> rows, ReadOnlySpan<int> frequencies)
    {
        var start = _listBytes;
        WriteVarInt((uint)rows.Length);
        var inBlocks = rows.Length >= PostingBlock.Size;
        if (inBlocks) WriteVarInt(checked((uint)_blocks));
        var before = -1;
        while (rows.Length >= PostingBlock.Size)
        {
            WriteBlock(start, before, rows[..PostingBlock.Size], frequencies[..PostingBlock.Size]);
            before = rows[PostingBlock.Size - 1];
            rows = rows[PostingBlock.Size..];
            frequencies = frequencies[PostingBlock.Size..];
        }
        if (rows.IsEmpty) return;
        if (inBlocks) WriteEntry(start, rows, frequencies, 0, 0);
        _tail.Clear();
        // The code counts from -1.
        for (var i = 0; i < rows.Length; i++) _tail.Add(rows[i] - before - 1, frequencies[i]);
        WriteLists(_tail.Encoded);
    }

    private void WriteBlock(long start, int before, ReadOnlySpan<int> rows, ReadOnlySpan<int> frequencies)
    {
        for (var i = 0; i < PostingBlock.Size; i++)
        {
            if (rows[i] <= before) throw new ArgumentException($"Row {rows[i]} follows row {before}.", nameof(rows));
            _values[i] = (uint)(rows[i] - before - 1);
            before = rows[i];
        }
        var rowBits = PostingBlock.BitsOf(_values);
        if (rowBits > PostingBlock.MostRowBits)
            throw new NotSupportedException($"Rows {1 << PostingBlock.MostRowBits} apart: a segment of so many rows is to be cut.");
        PostingBlock.Pack(_values, rowBits, _packed);
        for (var i = 0; i < PostingBlock.Size; i++) _values[i] = (uint)(frequencies[i] - 1);
        var frequencyBits = PostingBlock.BitsOf(_values);
        if (frequencyBits > PostingBlock.MostFrequencyBits) throw new ArgumentException("A frequency is not 1 to 65,535.", nameof(frequencies));
        PostingBlock.Pack(_values, frequencyBits, _packed.AsSpan(PostingBlock.Bytes(rowBits)));
        WriteEntry(start, rows, frequencies, rowBits, frequencyBits);
        WriteLists(_packed.AsSpan(0, PostingBlock.Bytes(rowBits + frequencyBits)));
    }

    private void WriteEntry(long start, ReadOnlySpan<int> rows, ReadOnlySpan<int> frequencies, int rowBits, int frequencyBits)
    {
        var entry = new BlockEntry
        {
            LastRow = (uint)rows[^1],
            Offset = checked((uint)(_listBytes - start)),
            MinLength = int.MaxValue,
            RowBits = (byte)rowBits,
            FrequencyBits = (byte)frequencyBits,
        };
        for (var i = 0; i < rows.Length; i++)
        {
            entry.MinLength = Math.Min(entry.MinLength, (uint)_lengths[rows[i]]);
            entry.MaxFrequency = Math.Max(entry.MaxFrequency, checked((ushort)frequencies[i]));
        }
        _sink.Write(PostingSection.Blocks, MemoryMarshal.AsBytes(new ReadOnlySpan<BlockEntry>(in entry)));
        _blocks++;
    }

    private void WriteVarInt(uint value)
    {
        Span<byte> bytes = stackalloc byte[PostingsFormat.MostVarIntBytes];
        var length = 0;
        for (; value >= 0x80; value >>= 7) bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        WriteLists(bytes[..length]);
    }

    private void WriteLists(ReadOnlySpan<byte> bytes)
    {
        _sink.Write(PostingSection.Lists, bytes);
        _listBytes += bytes.Length;
    }

    private void Write(PostingSection section, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _sink.Write(section, bytes);
    }
}
