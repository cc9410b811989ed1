namespace MemoryEngine.Index;

/// <summary>
/// The words of a sealed segment, read where they lie. Any number of threads may read. The bytes were verified, and yet
/// nothing is believed that could lead outside of them: what cannot be is refused with <see cref="InvalidDataException"/>.
/// </summary>
internal sealed unsafe class SegmentPostings
{
    private readonly PostingSections _sections;
    private readonly TermDirectory _terms;
    private readonly int _inlineRowBits;

    /// <param name="firstRow">The segment's first row in the pool.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="sections">What <see cref="PostingsWriter"/> wrote.</param>
    /// <exception cref="InvalidDataException">The sections cannot be those of so many rows.</exception>
    public SegmentPostings(int firstRow, int rows, PostingSections sections)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Segments are read where they lie, in little-endian order.");
        (FirstRow, Rows, _sections, _terms) = (firstRow, rows, sections, new TermDirectory(sections.Terms));
        _inlineRowBits = PostingsFormat.RowBits(rows);
        if (sections.Lengths.Length != (long)rows * sizeof(int))
            throw new InvalidDataException($"{sections.Lengths.Length} bytes of lengths for {rows} rows.");
    }

    public int FirstRow { get; }

    public int Rows { get; }

    /// <summary>Distinct terms.</summary>
    public long TermCount => _terms.Count;

    /// <summary>The lexical length of each row; what is negative there is not of our making, and counts as its low 31 bits.</summary>
    public ReadOnlySpan<int> Lengths => new(LengthsPointer, Rows);

    public int* LengthsPointer => (int*)_sections.Lengths.At(0, _sections.Lengths.Length);

    /// <summary>Whether any row has a term; quick where none has.</summary>
    public bool Contains(ulong term) => _terms.Contains(term);

    /// <summary>Finds the postings of a term; false when no row has it.</summary>
    public bool TryFind(ulong term, out SegmentList list)
    {
        list = default;
        Span<long> place = stackalloc long[1];
        Find(new ReadOnlySpan<ulong>(in term), place, new Span<SegmentList>(ref list));
        return list.Count > 0;
    }

    /// <summary>Finds the postings of many terms.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="places">Room for a number for each term.</param>
    /// <param name="lists">Gets the list of each term; one without postings when no row has it.</param>
    public void Find(ReadOnlySpan<ulong> terms, Span<long> places, Span<SegmentList> lists)
    {
        _terms.Find(terms, places);
        for (var i = 0; i < terms.Length; i++)
        {
            if (places[i] < 0) continue;
            var entry = _terms.Entry(places[i], out var start);
            if ((entry & PostingsFormat.Inline) == 0 && start + entry < (ulong)_sections.Lists.Length)
                Prefetch.Range(_sections.Lists.At((long)start + entry, 1), 2 * Prefetch.Line);
        }
        for (var i = 0; i < terms.Length; i++) lists[i] = places[i] < 0 ? default : ListOf(places[i]);
    }

    /// <summary>The hash of a term by its number, 0 to <see cref="TermCount"/>; ascending.</summary>
    public ulong TermAt(long index) => _terms.Hash(index);

    /// <summary>The postings of a term by its number.</summary>
    public SegmentList ListOf(long index)
    {
        var entry = _terms.Entry(index, out var start);
        if ((entry & PostingsFormat.Inline) != 0)
        {
            var value = entry & ~PostingsFormat.Inline;
            return new SegmentList((int)(value & ((1u << _inlineRowBits) - 1)), (int)(value >> _inlineRowBits) + 1, Rows);
        }
        var lists = _sections.Lists;
        if (start + entry >= (ulong)lists.Length) throw new InvalidDataException($"A list at {start + entry} of {lists.Length}.");
        start += entry;
        var left = lists.Length - (long)start;
        var head = Math.Min(left, 2 * PostingsFormat.MostVarIntBytes);
        var bytes = new ReadOnlySpan<byte>(lists.At((long)start, head), (int)head);
        var at = 0;
        var count = ReadVarInt(bytes, ref at);
        if (count == 0 || count > Rows) throw new InvalidDataException($"A list of {count} of {Rows} rows.");
        if (count < PostingBlock.Size)
        {
            left = Math.Min(left, at + (count * PostingsFormat.MostPostingBytes));
            return new SegmentList(lists.At((long)start, left) + at, left - at, (int)count, Rows);
        }
        var first = ReadVarInt(bytes, ref at);
        var blocks = (count + PostingBlock.Size - 1) / PostingBlock.Size;
        if ((first + blocks) * BlockEntry.Bytes > _sections.Blocks.Length) throw new InvalidDataException($"Block {first + blocks} is not there.");
        var entries = (BlockEntry*)_sections.Blocks.At(first * BlockEntry.Bytes, blocks * BlockEntry.Bytes);
        var last = entries[blocks - 1];
        var tail = count % PostingBlock.Size;
        var end = last.Offset
            + (tail == 0 ? PostingBlock.Bytes(last.RowBits + last.FrequencyBits) : tail * PostingsFormat.MostPostingBytes);
        if (last.Offset > left || (tail == 0 && end > left)) throw new InvalidDataException($"A list of {end} bytes, of which {left} are there.");
        left = Math.Min(left, end);
        return new SegmentList(lists.At((long)start, left), left, (int)count, entries, Rows);
    }

    // A number past 32 bits is more than any that is asked for.
    private static long ReadVarInt(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0L;
        for (var shift = 0; shift < 7 * PostingsFormat.MostVarIntBytes && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("A number without an end.");
    }
}
