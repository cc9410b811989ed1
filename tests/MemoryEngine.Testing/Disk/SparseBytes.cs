namespace MemoryEngine.Testing;

/// <summary>
/// The bytes of one simulated file, in blocks of 4 KiB that take memory only once they are written.
/// Bytes never written read as zero. A clone shares its blocks until either side writes to them, so that a thousand
/// copies of a disk cost little more than one.
/// </summary>
internal sealed class SparseBytes
{
    public const int BlockSizeBytes = 4096;

    // Stands in every place that is reserved and not yet written: space on the device, no memory here.
    private static readonly byte[] ReservedBlock = new byte[BlockSizeBytes];

    private byte[]?[] _blocks = [];
    // A block that is not owned may be shared with a clone and is copied before it is written.
    private bool[] _owned = [];
    private int _allocatedBlocks;

    public long Length { get; private set; }

    /// <summary>What the file takes on the device: holes take nothing.</summary>
    public long AllocatedBytes => (long)_allocatedBlocks * BlockSizeBytes;

    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (var done = 0; done < count;)
        {
            var (index, start, size) = Piece(offset + done, count - done);
            var target = buffer.Slice(done, size);
            if (index < _blocks.Length && _blocks[index] is { } block) block.AsSpan(start, size).CopyTo(target);
            else target.Clear();
            done += size;
        }
        return count;
    }

    /// <summary>Bytes beyond the old end that nobody wrote become a hole.</summary>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        GrowTable(offset + data.Length);
        for (var done = 0; done < data.Length;)
        {
            var (index, start, size) = Piece(offset + done, data.Length - done);
            data.Slice(done, size).CopyTo(OwnBlock(index).AsSpan(start));
            done += size;
        }
        Length = Math.Max(Length, offset + data.Length);
    }

    /// <summary>Gives the range space on the device and makes the file at least so long.</summary>
    public void Reserve(long from, long to)
    {
        GrowTable(to);
        for (var index = from / BlockSizeBytes; index * BlockSizeBytes < to; index++)
        {
            if (_blocks[index] is not null) continue;
            _blocks[index] = ReservedBlock;
            _allocatedBlocks++;
        }
        Length = Math.Max(Length, to);
    }

    /// <summary>Growing makes a hole; shrinking gives space back, and growing again shows zeros.</summary>
    public void SetLength(long length)
    {
        if (length < Length) CutOff(length);
        Length = length;
    }

    /// <summary>What a write to the range would take from the device, beyond what the file already has.</summary>
    public long BytesToAllocate(long from, long to)
    {
        var bytes = 0L;
        for (var index = from / BlockSizeBytes; index * BlockSizeBytes < to; index++)
            if (index >= _blocks.Length || _blocks[index] is null)
                bytes += BlockSizeBytes;
        return bytes;
    }

    public SparseBytes Clone()
    {
        Array.Clear(_owned);
        return new SparseBytes
        {
            _blocks = [.. _blocks],
            _owned = new bool[_blocks.Length],
            _allocatedBlocks = _allocatedBlocks,
            Length = Length,
        };
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }

    private static (int Index, int Start, int Size) Piece(long offset, int wanted)
    {
        var start = (int)(offset % BlockSizeBytes);
        return ((int)(offset / BlockSizeBytes), start, Math.Min(wanted, BlockSizeBytes - start));
    }

    private byte[] OwnBlock(int index)
    {
        var block = _blocks[index];
        if (block is null) _allocatedBlocks++;
        if (block is not null && _owned[index]) return block;
        var own = new byte[BlockSizeBytes];
        block?.CopyTo(own, 0);
        _blocks[index] = own;
        _owned[index] = true;
        return own;
    }

    private void CutOff(long length)
    {
        var firstGone = (length + BlockSizeBytes - 1) / BlockSizeBytes;
        for (var index = firstGone; index < _blocks.Length; index++)
        {
            if (_blocks[index] is null) continue;
            _blocks[index] = null;
            _owned[index] = false;
            _allocatedBlocks--;
        }
        var (last, start, _) = Piece(length, 0);
        if (start > 0 && last < _blocks.Length && _blocks[last] is not null) OwnBlock(last).AsSpan(start).Clear();
    }

    private void GrowTable(long length)
    {
        var needed = checked((int)((length + BlockSizeBytes - 1) / BlockSizeBytes));
        if (needed <= _blocks.Length) return;
        var size = Math.Max(needed, _blocks.Length * 2);
        Array.Resize(ref _blocks, size);
        Array.Resize(ref _owned, size);
    }
}
