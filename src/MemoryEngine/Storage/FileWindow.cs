namespace MemoryEngine.Storage;

/// <summary>
/// Reads a file forward, as long as it was when the window was made, through one buffer that grows to the largest piece
/// asked for and found.
/// </summary>
internal sealed class FileWindow(IFile file, int sizeBytes)
{
    private readonly long _fileLength = file.Length;
    private byte[] _buffer = [];
    private long _start;
    private int _length;

    /// <summary>The bytes at an offset, fewer where the file ends; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        // What lies past the end is not worth a buffer, nor another look at the disk.
        count = (int)Math.Clamp(_fileLength - offset, 0, count);
        if (count == 0) return default;
        if (offset < _start || offset + count > _start + _length)
        {
            var wanted = (int)Math.Clamp(_fileLength - offset, count, Math.Max(count, sizeBytes));
            if (wanted > _buffer.Length) _buffer = new byte[wanted];
            _start = offset;
            _length = file.Read(offset, _buffer);
        }
        var from = (int)(offset - _start);
        return _buffer.AsSpan(from, Math.Min(count, _length - from));
    }
}
