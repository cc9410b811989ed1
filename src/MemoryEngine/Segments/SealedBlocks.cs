using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>Writes a sealed file's sections from front to back, and a checksum for each block of them.</summary>
internal sealed class BlockWriter(IFile file) : IDisposable
{
    private const int BufferBlocks = 16;
    private readonly byte[] _buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferBlocks * SealedHeader.BlockBytes);
    private readonly ByteWriter _sums = new(1024);
    private long _start = SealedHeader.Bytes;
    private int _length;

    /// <summary>Where the next byte goes.</summary>
    public long Position => _start + _length;

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, (BufferBlocks * SealedHeader.BlockBytes) - _length)];
            part.CopyTo(_buffer.AsSpan(_length));
            _length += part.Length;
            data = data[part.Length..];
            if (_length == BufferBlocks * SealedHeader.BlockBytes) Flush();
        }
    }

    /// <summary>Zeros up to where a section may begin.</summary>
    public void Align()
    {
        Span<byte> zeros = stackalloc byte[SealedHeader.Alignment];
        zeros.Clear();
        Write(zeros[..(int)(-Position & (SealedHeader.Alignment - 1))]);
    }

    /// <summary>Writes what is left and the checksums behind it; returns theirs.</summary>
    public uint Finish()
    {
        Flush();
        file.Write(_start, _sums.Written);
        return Crc32C.Compute(_sums.Written);
    }

    public void Dispose()
    {
        System.Buffers.ArrayPool<byte>.Shared.Return(_buffer);
        _sums.Dispose();
    }

    private void Flush()
    {
        for (var at = 0; at < _length; at += SealedHeader.BlockBytes)
            _sums.UInt32(Crc32C.Compute(_buffer.AsSpan(at, Math.Min(SealedHeader.BlockBytes, _length - at))));
        if (_length > 0) file.Write(_start, _buffer.AsSpan(0, _length));
        _start += _length;
        _length = 0;
    }
}

/// <summary>Reads a sealed file's blocks; no byte of a block that does not check out reaches anyone.</summary>
internal sealed class BlockReader
{
    private const int WindowBlocks = 16;
    private readonly IFile _file;
    private readonly SealedHeader _header;
    private readonly uint[] _sums;
    private byte[] _window = [];
    private long _start;
    private int _length;

    public BlockReader(IFile file, SealedHeader header)
    {
        (_file, _header, _sums) = (file, header, new uint[header.BlockCount]);
        var bytes = new byte[_sums.Length * sizeof(uint)];
        var read = file.Read(header.BodyEnd, bytes);
        var checksum = Crc32C.Compute(bytes.AsSpan(0, read));
        if (checksum != header.SumsChecksum)
        {
            throw new CorruptionException(
                file.Path, header.BodyEnd, $"block checksums with checksum {header.SumsChecksum:x8}", $"checksum {checksum:x8}");
        }
        for (var i = 0; i < _sums.Length; i++) _sums[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)));
    }

    /// <summary>Bytes of a section, all of them; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        if (count == 0) return default;
        if (offset < _start || offset + count > _start + _length)
        {
            var first = (offset - SealedHeader.Bytes) / SealedHeader.BlockBytes;
            var last = (offset + count - 1 - SealedHeader.Bytes) / SealedHeader.BlockBytes;
            Fill((int)first, (int)Math.Max(last - first + 1, WindowBlocks));
        }
        return _window.AsSpan((int)(offset - _start), count);
    }

    /// <summary>Checks one block.</summary>
    public void Check(int block) => Fill(block, 1);

    private void Fill(int first, int blocks)
    {
        var start = SealedHeader.Bytes + ((long)first * SealedHeader.BlockBytes);
        var wanted = (int)Math.Min(_header.BodyEnd - start, (long)blocks * SealedHeader.BlockBytes);
        if (wanted > _window.Length) _window = new byte[wanted];
        _length = 0;
        var read = _file.Read(start, _window.AsSpan(0, wanted));
        for (var at = 0; at < wanted; at += SealedHeader.BlockBytes)
        {
            var sum = _sums[first + (at / SealedHeader.BlockBytes)];
            var block = _window.AsSpan(at, Math.Min(SealedHeader.BlockBytes, wanted - at));
            var computed = at + block.Length <= read ? Crc32C.Compute(block) : ~sum;
            if (computed != sum)
                throw new CorruptionException(_file.Path, start + at, $"a block with checksum {sum:x8}", $"one with checksum {computed:x8}");
        }
        (_start, _length) = (start, wanted);
    }
}
