using System.Runtime.CompilerServices;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// A sealed file, mapped: its bytes are read where they lie, and a block of 64 KiB is checked when it is first touched. Readers
/// take no locks; two that meet at a block may both check it.
/// </summary>
internal sealed unsafe class SealedBytes : IDisposable
{
    private readonly MappedBytes _map;
    private readonly byte[] _isVerified;

    private SealedBytes(string path, SealedHeader header, MappedBytes map)
    {
        (Path, Header, _map) = (path, header, map);
        _isVerified = new byte[header.BlockCount];
        var sums = new ReadOnlySpan<byte>(map.First + header.BodyEnd, header.BlockCount * sizeof(uint));
        if (Crc32C.Compute(sums) is var computed && computed != header.SumsChecksum)
        {
            throw new CorruptionException(
                path, header.BodyEnd, $"block checksums with checksum {header.SumsChecksum:x8}", $"checksum {computed:x8}");
        }
    }

    public string Path { get; }

    public SealedHeader Header { get; }

    /// <summary>The checksum of the header, under which all else stands.</summary>
    public uint Checksum => SealedHeader.Checksum(new ReadOnlySpan<byte>(_map.First, SealedHeader.Bytes));

    /// <exception cref="CorruptionException">Header or table of checksums are damaged, or the file is shorter or longer than it says.</exception>
    public static SealedBytes Open(IFileSystem files, SealedKind kind, string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var page = new byte[SealedHeader.Bytes];
        var read = file.Read(0, page);
        // The length is looked at before the file is mapped: reading past the end of one ends the process.
        var header = SealedHeader.Read(kind, page.AsSpan(0, read), path, file.Length);
        var map = file.Map();
        try
        {
            return new SealedBytes(path, header, map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    public void Dispose() => _map.Dispose();

    /// <summary>Bytes of a section, checked.</summary>
    /// <exception cref="CorruptionException">A block that they lie in is damaged.</exception>
    public byte* At(long offset, long length)
    {
        if (length > 0) Verify(offset, length);
        return _map.First + offset;
    }

    /// <summary>Bytes of a section as they are: whoever reads them calls <see cref="Verify"/> first.</summary>
    public byte* Unverified(long offset) => _map.First + offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Verify(long offset, long length)
    {
        var last = (int)((offset + length - 1 - SealedHeader.Bytes) / SealedHeader.BlockBytes);
        for (var block = (int)((offset - SealedHeader.Bytes) / SealedHeader.BlockBytes); block <= last; block++)
            if (_isVerified[block] == 0) VerifyBlock(block);
    }

    /// <summary>Checks a block that was not touched yet; false when there is none from a block on.</summary>
    public bool VerifyNext(ref int block)
    {
        while (block < _isVerified.Length && _isVerified[block] != 0) block++;
        if (block == _isVerified.Length) return false;
        VerifyBlock(block++);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VerifyBlock(int block)
    {
        var start = SealedHeader.Bytes + ((long)block * SealedHeader.BlockBytes);
        var length = (int)Math.Min(SealedHeader.BlockBytes, Header.BodyEnd - start);
        var expected = Unsafe.ReadUnaligned<uint>(_map.First + Header.BodyEnd + ((long)block * sizeof(uint)));
        if (!BitConverter.IsLittleEndian) expected = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(expected);
        var computed = Crc32C.Compute(new ReadOnlySpan<byte>(_map.First + start, length));
        if (computed != expected)
            throw new CorruptionException(Path, start, $"a block with checksum {expected:x8}", $"one with checksum {computed:x8}");
        Volatile.Write(ref _isVerified[block], 1);
    }
}
