using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>
/// A safetensors file, mapped: what is used of it lies in the page cache, shared by all processes that use it, and not on
/// the heap. The file must not be cut short while it is open.
/// </summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private SafetensorsFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte[] header, Dictionary<string, Tensor> tensors)
    {
        (Path, _file, _view, Header, Tensors) = (path, file, view, header, tensors);
    }

    public string Path { get; }

    /// <summary>The header's bytes.</summary>
    public byte[] Header { get; }

    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="MemoryEngineException">It is no safetensors file, or damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var header = ReadHeader(stream);
            var tensors = SafetensorsHeader.Read(header, stream.Length);
            var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new SafetensorsFile(path, file, file.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read), header, tensors);
        }
        catch (FormatException e)
        {
            throw BadModel.File(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BadModel.File(path, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>The bytes of a file, for as long as the lease lasts.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Lease Read()
    {
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new Lease(_view, start + _view.PointerOffset);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static byte[] ReadHeader(FileStream stream)
    {
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        if (stream.Length < length.Length) throw new FormatException($"has {stream.Length} bytes, too few for a header");
        stream.ReadExactly(length);
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > SafetensorsHeader.MaxBytes)
            throw new FormatException($"says that its header has {bytes} bytes; {SafetensorsHeader.MaxBytes} are allowed");
        if ((long)bytes > stream.Length - length.Length)
            throw new FormatException($"says that its header has {bytes} bytes, and has {stream.Length} itself");
        var header = new byte[bytes];
        stream.ReadExactly(header);
        return header;
    }

    /// <summary>Keeps the file mapped while somebody reads it.</summary>
    public readonly ref struct Lease(MemoryMappedViewAccessor view, byte* start)
    {
        /// <summary>Bytes of a tensor.</summary>
        /// <param name="tensor">A tensor of the file.</param>
        /// <param name="from">The first one, from 0.</param>
        /// <param name="length">How many.</param>
        public ReadOnlySpan<byte> Bytes(Tensor tensor, long from, int length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, tensor.Length - length);
            return new ReadOnlySpan<byte>(start + tensor.Start + from, length);
        }

        public void Dispose() => view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
