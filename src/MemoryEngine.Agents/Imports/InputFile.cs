using System.IO.Compression;
using System.Text;

namespace MemoryEngine.Agents.Imports;

/// <summary>Files that others wrote, plain or gzipped, up to a size beyond which nobody meant them to be remembered.</summary>
internal static class InputFile
{
    /// <summary>The most bytes of a file, unpacked.</summary>
    public const int MaxBytes = 256 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Opens a file; gzip is told by its first bytes.</summary>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> magic = stackalloc byte[2];
        var read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == magic.Length && magic is [0x1f, 0x8b] ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="InvalidDataException">It is too large, or damaged gzip.</exception>
    public static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        using var file = Open(path);
        using var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            if (all.Length + read > MaxBytes) throw new InvalidDataException($"It has more than {MaxBytes >> 20} MiB. Split it, or import a part.");
            all.Write(buffer, 0, read);
        }
        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    /// <summary>All text of a file, lines ended by \n, without a byte order mark.</summary>
    /// <exception cref="InvalidDataException">It is too large, damaged gzip, or no UTF-8.</exception>
    public static string ReadText(string path)
    {
        try
        {
            var text = Strict.GetString(ReadBytes(path).Span);
            // Not by ReplaceLineEndings, which takes characters within a line for its end.
            return (text.StartsWith('\uFEFF') ? text[1..] : text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"It is no text in UTF-8: {e.Message} Save it as UTF-8.", e);
        }
    }
}
