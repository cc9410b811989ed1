namespace MemoryEngine.Storage;

/// <summary>
/// A file of a failing disk, for reading what can be read: what the device refuses to give reads as zeros, 4 KiB at a time.
/// Checksums tell them from what was written.
/// </summary>
internal sealed class LenientFile(IFile file) : IFile
{
    private const int PieceBytes = 4096;

    public string Path => file.Path;

    public long Length { get; } = file.Length;

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            return file.Read(offset, buffer);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.Storage)
        {
            return ReadPieces(offset, buffer[..(int)Math.Clamp(Length - offset, 0, buffer.Length)]);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> data) => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    public void Reserve(long length) => throw ReadOnly();

    public void SetLength(long length) => throw ReadOnly();

    public void Dispose() => file.Dispose();

    private int ReadPieces(long offset, Span<byte> buffer)
    {
        for (var at = 0; at < buffer.Length;)
        {
            var piece = buffer.Slice(at, Math.Min(buffer.Length - at, PieceBytes - (int)((offset + at) % PieceBytes)));
            piece.Clear();
            try
            {
                _ = file.Read(offset + at, piece);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.Storage)
            {
                piece.Clear();
            }
            at += piece.Length;
        }
        return buffer.Length;
    }

    private MemoryEngineException ReadOnly() => StorageErrors.ReadOnly(Path, "write", null);
}
