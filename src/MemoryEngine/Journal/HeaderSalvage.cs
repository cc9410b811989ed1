using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// What a journal file's header says, or must have said. A single flipped bit is found by trying each: the checksum fits
/// one of them alone. Of a page that is gone, the salt is found in the batches.
/// </summary>
/// <param name="Header">Null when nothing of the file can be proven.</param>
/// <param name="Problem">What is wrong with the page, or null.</param>
internal sealed record HeaderSalvage(FileHeader? Header, string? Problem)
{
    /// <exception cref="MemoryEngineException">The file is of a newer format.</exception>
    public static HeaderSalvage Read(FileWindow window, long fileLength, int number, string path)
    {
        var page = new byte[HeaderBytes];
        window.At(0, HeaderBytes).CopyTo(page);
        var problem = page.AsSpan(HeaderUsedBytes).ContainsAnyExcept((byte)0) ? "bytes that should be zero are not" : null;
        page.AsSpan(HeaderUsedBytes).Clear();
        if (TryRead(page, path, out var header)) return new HeaderSalvage(header, Named(header, number) ?? problem);
        for (var bit = 0; bit < HeaderUsedBytes * 8; bit++)
        {
            page[bit / 8] ^= (byte)(1 << (bit % 8));
            if (TryRead(page, path, out header))
                return new HeaderSalvage(header, Named(header, number) ?? $"bit {bit % 8} of byte {bit / 8} of the header is flipped");
            page[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        // Which pool it is of, and when it was made, stood in the header alone.
        return SaltFinder.TryFind(window, fileLength, out var salt)
            ? new HeaderSalvage(new FileHeader(FormatVersion, salt, number, 0, Guid.Empty, 0), "the header is damaged; its salt was found again")
            : new HeaderSalvage(null, fileLength < HeaderBytes ? $"a file of {fileLength} bytes" : "the header is damaged");
    }

    private static string? Named(in FileHeader header, int number) =>
        header.Number == number ? null : $"it is file {header.Number} of its journal";

    private static bool TryRead(byte[] page, string path, out FileHeader header)
    {
        try
        {
            header = FileHeader.Read(page, path);
            return true;
        }
        catch (CorruptionException)
        {
            header = default;
            return false;
        }
    }
}
