using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The postings of a term in a segment: one that lies in the directory, or a few in the code of <see cref="PostingList"/>, or
/// blocks of 128 with the rest in that code behind them. Good for as long as the segment is mapped.
/// </summary>
internal readonly unsafe struct SegmentList
{
    private readonly byte* _bytes;
    private readonly long _length;
    private readonly BlockEntry* _entries;
    private readonly int _rows;
    private readonly int _inlineRow;
    private readonly int _inlineFrequency;

    /// <summary>The one posting of a term.</summary>
    public SegmentList(int row, int frequency, int rows)
    {
        if (row >= rows || frequency > ushort.MaxValue) throw new InvalidDataException($"Row {row} of {rows}, {frequency} times.");
        (Count, _inlineRow, _inlineFrequency, _rows) = (1, row, frequency, rows);
    }

    /// <summary>Fewer than a block of postings.</summary>
    public SegmentList(byte* bytes, long length, int count, int rows)
    {
        _bytes = bytes;
        (_length, Count, _rows) = (length, count, rows);
    }

    /// <summary>Blocks.</summary>
    public SegmentList(byte* bytes, long length, int count, BlockEntry* entries, int rows)
        : this(bytes, length, count, rows)
    {
        _entries = entries;
        BlockCount = (count + PostingBlock.Size - 1) / PostingBlock.Size;
    }

    /// <summary>Postings, at least one.</summary>
    public int Count { get; }

    /// <summary>Blocks, the rest behind them among these; 0 for a list that has fewer postings than a block.</summary>
    public int BlockCount { get; }

    /// <summary>What is known of a block without reading it; not checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly BlockEntry Entry(int block) => ref _entries[block];

    /// <summary>The postings of a block.</summary>
    public int CountOf(int block) => Math.Min(PostingBlock.Size, Count - (block * PostingBlock.Size));

    /// <summary>Reads a list that has no blocks.</summary>
    public void ReadShort(Span<int> rows, Span<int> frequencies)
    {
        if (_bytes is null) (rows[0], frequencies[0]) = (_inlineRow, _inlineFrequency);
        else ReadCode(new ReadOnlySpan<byte>(_bytes, (int)_length), -1, _rows - 1, rows[..Count], frequencies);
    }

    /// <summary>Reads the rows of a block into 128 places; returns how many there are.</summary>
    public int ReadRows(int block, int* rows)
    {
        var (entry, count) = (_entries[block], CountOf(block));
        var before = Check(block, entry);
        if (count < PostingBlock.Size)
        {
            Span<int> frequencies = stackalloc int[PostingBlock.Size];
            ReadCode(Rest(entry), before, (int)entry.LastRow, new Span<int>(rows, count), frequencies);
        }
        else PostingBlock.UnpackRows(_bytes + entry.Offset, entry.RowBits, before, rows);
        // Rows ascend, so with the last one all are what they should be.
        if (rows[count - 1] != entry.LastRow) throw new InvalidDataException($"A block that ends with row {rows[count - 1]}, not {entry.LastRow}.");
        return count;
    }

    /// <summary>Reads the frequencies of a block whose rows were read.</summary>
    public void ReadFrequencies(int block, int* frequencies)
    {
        var (entry, count) = (_entries[block], CountOf(block));
        if (count == PostingBlock.Size)
        {
            PostingBlock.UnpackFrequencies(_bytes + entry.Offset + PostingBlock.Bytes(entry.RowBits), entry.FrequencyBits, frequencies);
            return;
        }
        Span<int> rows = stackalloc int[PostingBlock.Size];
        ReadCode(Rest(entry), Check(block, entry), (int)entry.LastRow, rows[..count], new Span<int>(frequencies, count));
    }

    /// <summary>One frequency of a block of 128 whose rows were read.</summary>
    public int FrequencyAt(int block, int index)
    {
        var entry = _entries[block];
        return (int)PostingBlock.At(_bytes + entry.Offset + PostingBlock.Bytes(entry.RowBits), entry.FrequencyBits, index) + 1;
    }

    /// <summary>Reads all postings; for who merges segments.</summary>
    public void ReadAll(Span<int> rows, Span<int> frequencies)
    {
        if (BlockCount == 0)
        {
            ReadShort(rows, frequencies);
            return;
        }
        Span<int> blockRows = stackalloc int[PostingBlock.Size];
        Span<int> blockFrequencies = stackalloc int[PostingBlock.Size];
        for (var block = 0; block < BlockCount; block++)
        {
            int count;
            fixed (int* r = blockRows)
            {
                fixed (int* f = blockFrequencies)
                {
                    count = ReadRows(block, r);
                    ReadFrequencies(block, f);
                }
            }
            blockRows[..count].CopyTo(rows[(block * PostingBlock.Size)..]);
            blockFrequencies[..count].CopyTo(frequencies[(block * PostingBlock.Size)..]);
        }
    }

    /// <summary>How many of the rows are live; blocks of which all are, or none, are not read.</summary>
    public int CountLive(in LiveRowBits live, int firstRow)
    {
        Span<int> rows = stackalloc int[PostingBlock.Size];
        if (BlockCount == 0)
        {
            Span<int> frequencies = stackalloc int[PostingBlock.Size];
            ReadShort(rows, frequencies);
            return live.CountOf(rows[..Count], firstRow);
        }
        var total = 0;
        for (var block = 0; block < BlockCount; block++)
        {
            var before = Check(block, _entries[block]);
            var liveness = live.Of(firstRow + before + 1, firstRow + (int)_entries[block].LastRow);
            if (liveness == Liveness.None) continue;
            var count = CountOf(block);
            if (liveness == Liveness.Some)
            {
                fixed (int* r = rows) count = live.CountOf(rows[..ReadRows(block, r)], firstRow);
            }
            total += count;
        }
        return total;
    }

    // Returns the row before the block's first, from which it must be possible to come to its last.
    private int Check(int block, in BlockEntry entry)
    {
        var before = block == 0 ? uint.MaxValue : _entries[block - 1].LastRow;
        var count = CountOf(block);
        if (entry.LastRow >= (uint)_rows || (before != uint.MaxValue && (before >= (uint)_rows || entry.LastRow < before + (uint)count)))
            throw new InvalidDataException($"A block of {count} from row {before} to {entry.LastRow} of {_rows}.");
        if (entry.RowBits > PostingBlock.MostRowBits || entry.FrequencyBits > PostingBlock.MostFrequencyBits
            || entry.Offset + (count < PostingBlock.Size ? 0 : PostingBlock.Bytes(entry.RowBits + entry.FrequencyBits)) > _length)
        {
            throw new InvalidDataException($"A block at {entry.Offset} of {_length}, of {entry.RowBits} and {entry.FrequencyBits} bits.");
        }
        return (int)before;
    }

    private ReadOnlySpan<byte> Rest(in BlockEntry entry) => new(_bytes + entry.Offset, (int)(_length - entry.Offset));

    // The code of PostingList, of which nothing is believed.
    private static void ReadCode(ReadOnlySpan<byte> bytes, int before, int last, Span<int> rows, Span<int> frequencies)
    {
        var at = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (!PostingList.TryRead(bytes, ref at, out var step, out var frequency) || step > last - before)
                throw new InvalidDataException($"Posting {i} of {rows.Length} is none.");
            before += step;
            (rows[i], frequencies[i]) = (before, frequency);
        }
    }
}
