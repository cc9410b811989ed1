using System.Diagnostics.CodeAnalysis;
using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>
/// Reads single frames back, for bodies whose derived copy is damaged and for pools that are opened read-only. Safe for
/// many threads, also while <see cref="JournalRewriter"/> puts another file in the place of one that is being read. A frame
/// is known by its sequence: what stands at its place in the other file may be a whole frame too, but not this one.
/// </summary>
internal sealed class JournalBodies(IFileSystem files, string directory) : IDisposable
{
    private readonly Dictionary<int, OpenFile> _open = [];
    private readonly Lock _gate = new();

    /// <summary>The payload of the frame with that sequence, which stands at that position.</summary>
    /// <exception cref="CorruptionException">It does not stand there, or not whole.</exception>
    public byte[] Read(JournalPosition position, long sequence)
    {
        var cached = Acquire(position.File);
        try
        {
            if (cached.TryRead(position.Offset, sequence, out var payload)) return payload;
            // The position may be one in a file that has taken this one's place since it was opened.
            using var current = OpenFile.Open(files, directory, position.File);
            if (current.Salt != cached.Salt && current.TryRead(position.Offset, sequence, out payload)) return payload;
            throw new CorruptionException(
                cached.File.Path, position.Offset, $"the whole frame of sequence {sequence}", "bytes that do not match it or their checksum");
        }
        finally
        {
            Release(cached);
        }
    }

    /// <summary>The payload of a frame that may be moved by a rewrite at any time; <paramref name="where"/> says where it is now.</summary>
    /// <exception cref="CorruptionException">It does not stand there, or not whole, and was not moved meanwhile.</exception>
    public byte[] Read(Func<JournalPosition> where, long sequence)
    {
        var position = where();
        while (true)
        {
            try
            {
                return Read(position, sequence);
            }
            catch (CorruptionException) when (HasMoved(where, ref position))
            {
                // It was moved after its position was read: it is whole at the new one.
            }
        }
    }

    /// <summary>Keeps a file open, so that its frames can be read at their places when another file takes its name.</summary>
    public void Hold(int file) => Release(Acquire(file));

    /// <summary>Lets go of a file whose frames have moved; who still reads it ends in peace.</summary>
    public void Forget(int file)
    {
        lock (_gate) if (_open.Remove(file, out var open)) Retire(open);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var open in _open.Values) Retire(open);
            _open.Clear();
        }
    }

    private static bool HasMoved(Func<JournalPosition> where, ref JournalPosition position)
    {
        var now = where();
        if (now == position) return false;
        position = now;
        return true;
    }

    private static void Retire(OpenFile open)
    {
        open.IsRetired = true;
        if (open.Readers == 0) open.Dispose();
    }

    private OpenFile Acquire(int number)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(number, out var open)) _open[number] = open = OpenFile.Open(files, directory, number);
            open.Readers++;
            return open;
        }
    }

    private void Release(OpenFile open)
    {
        lock (_gate)
        {
            open.Readers--;
            if (open is { IsRetired: true, Readers: 0 }) open.Dispose();
        }
    }

    private sealed class OpenFile(IFile file, ulong salt) : IDisposable
    {
        public IFile File => file;

        public ulong Salt => salt;

        public int Readers { get; set; }

        public bool IsRetired { get; set; }

        public static OpenFile Open(IFileSystem files, string directory, int number)
        {
            var file = files.Open(Path.Combine(directory, JournalFormat.FileName(number)), FileOpening.Read);
            try
            {
                var page = new byte[JournalFormat.HeaderBytes];
                return new OpenFile(file, JournalFormat.FileHeader.Read(page.AsSpan(0, file.Read(0, page)), file.Path).Salt);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        public bool TryRead(long offset, long sequence, [NotNullWhen(true)] out byte[]? payload)
        {
            payload = null;
            var head = new byte[JournalFormat.FrameHeaderBytes];
            if (file.Read(offset, head) < head.Length) return false;
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 0 or > JournalFormat.MaxPayloadBytes) return false;
            var frame = new byte[JournalFormat.FrameBytes(length)];
            var read = file.Read(offset, frame);
            if (!JournalFormat.FrameHeader.TryRead(frame.AsSpan(0, read), salt, offset, out var header, out var bytes)) return false;
            if (header.Sequence != sequence) return false;
            payload = bytes.ToArray();
            return true;
        }

        public void Dispose() => file.Dispose();
    }
}
