namespace MemoryEngine.Storage;

/// <summary>Reads a file forward through one buffer that grows to the largest piece asked for.</summary>
internal sealed class FileWindow(IFile file, int sizeBytes)
{
    private byte[] _buffer = new byte[sizeBytes];
    private long _start;
    private int _length;

    /// <summary>The bytes at an offset, fewer where the file ends; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        if (offset < _start || offset + count > _start + _length)
        {
            if (count > _buffer.Length) _buffer = new byte[count];
            _start = offset;
            _length = file.Read(offset, _buffer);
        }
        var from = (int)(offset - _start);
        return _buffer.AsSpan(from, Math.Min(count, _length - from));
    }
}
