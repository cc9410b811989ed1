using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>Reads single frames back, for bodies whose derived copy is damaged and for pools that are opened read-only.</summary>
internal sealed class JournalBodies(IFileSystem files, string directory) : IDisposable
{
    private readonly Dictionary<int, (IFile File, ulong Salt)> _open = [];
    private readonly Lock _gate = new();

    /// <summary>The payload of the frame at a position.</summary>
    /// <exception cref="CorruptionException">No whole frame stands there.</exception>
    public byte[] Read(JournalPosition position)
    {
        var (file, salt) = Open(position.File);
        var head = new byte[JournalFormat.FrameHeaderBytes];
        if (file.Read(position.Offset, head) == head.Length)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is >= 0 and <= JournalFormat.MaxPayloadBytes)
            {
                var frame = new byte[JournalFormat.FrameBytes(length)];
                var read = file.Read(position.Offset, frame);
                if (JournalFormat.FrameHeader.TryRead(frame.AsSpan(0, read), salt, position.Offset, out _, out var payload))
                    return payload.ToArray();
            }
        }
        throw new CorruptionException(
            file.Path, position.Offset, "a whole journal frame", "bytes that do not match their checksum");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (file, _) in _open.Values) file.Dispose();
            _open.Clear();
        }
    }

    private (IFile File, ulong Salt) Open(int number)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(number, out var known)) return known;
            var file = files.Open(Path.Combine(directory, JournalFormat.FileName(number)), FileOpening.Read);
            try
            {
                var page = new byte[JournalFormat.HeaderBytes];
                var header = JournalFormat.FileHeader.Read(page.AsSpan(0, file.Read(0, page)), file.Path);
                return _open[number] = (file, header.Salt);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }
}
