using System.Buffers.Binary;
using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>How well a salvaged frame is held by what is around it. The better comes first.</summary>
internal enum FrameStanding
{
    /// <summary>In a batch that is whole.</summary>
    WholeBatch,

    /// <summary>In a batch of which other frames are damaged.</summary>
    DamagedBatch,

    /// <summary>Behind no header that checks out.</summary>
    Alone,
}

/// <summary>A frame that checks out at its place: its checksum covers the file's salt and its offset.</summary>
internal readonly record struct SalvagedFrame(
    long Sequence, int Sequences, EventType Type, long Offset, int PayloadBytes, FrameStanding Standing);

/// <summary>A stretch of a journal file that is not as it was written.</summary>
internal sealed class JournalDamage(string file, long offset, string what, long after, bool isWholeFile)
{
    public string File => file;

    public long Offset => offset;

    public string What => what;

    /// <summary>Whether the whole file is gone or unreadable.</summary>
    public bool IsWholeFile => isWholeFile;

    /// <summary>The newest sequence that was read before it.</summary>
    public long After { get; set; } = after;

    /// <summary>The first sequence that was read behind it; none when the file ends with it.</summary>
    public long? Before { get; set; }
}

/// <summary>
/// Reads one journal file leniently: everything in it that checks out, and where it does not. Behind damage it goes on at
/// the next header of a batch, or at any single frame that checks out at its place.
/// </summary>
internal sealed class FileSalvage : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private const int ScanBytes = 64 << 10;
    private readonly IFile _file;
    private readonly FileWindow _window;
    private readonly long _length;
    private readonly ulong _salt;
    private readonly List<SalvagedFrame> _frames = [];
    private readonly List<JournalDamage> _damages = [];
    private JournalDamage? _open;

    // Reaches to the end of the last batch so far: when nothing follows, it may be what a crash tore.
    private JournalDamage? _tail;
    private long _last;

    private FileSalvage(IFile file, int number, string path)
    {
        (_file, _length, Number, Path) = (file, file.Length, number, path);
        _window = new FileWindow(file, WindowBytes);
        var read = HeaderSalvage.Read(_window, _length, number, path);
        Header = read.Header;
        HeaderProblem = read.Problem;
        if (Header is not { } header) return;
        _salt = header.Salt;
        // A file appears by rename, its header page whole.
        if (_length < HeaderBytes) _damages.Add(new JournalDamage(Path, _length, "the file ends within its header page", 0, isWholeFile: true));
        else ReadBatches();
    }

    public int Number { get; }

    public string Path { get; }

    /// <summary>Null when nothing of the file can be proven.</summary>
    public FileHeader? Header { get; }

    public string? HeaderProblem { get; }

    /// <summary>In the order in which they lie in the file.</summary>
    public IReadOnlyList<SalvagedFrame> Frames => _frames;

    public IReadOnlyList<JournalDamage> Damages => _damages;

    /// <summary>A sequence up to which the file says that events were written.</summary>
    public long Through { get; private set; }

    public bool IsSealed { get; private set; }

    /// <summary>Where the last structure that checks out ends.</summary>
    public long End { get; private set; } = HeaderBytes;

    /// <exception cref="MemoryEngineException">The file is of a newer format, or the disk fails to open it.</exception>
    public static FileSalvage Read(IFileSystem files, string directory, string name, int number)
    {
        var path = System.IO.Path.Combine(directory, name);
        var file = new LenientFile(files.Open(path, FileOpening.Read));
        try
        {
            return new FileSalvage(file, number, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The payload of a frame that was found; valid until the next call.</summary>
    public ReadOnlySpan<byte> Payload(long offset, int payloadBytes) =>
        FrameHeader.TryRead(_window.At(offset, FrameBytes(payloadBytes)), _salt, offset, out _, out var payload)
            ? payload
            : throw new CorruptionException(Path, offset, "the frame that stood here a moment ago", "other bytes");

    public void Dispose() => _file.Dispose();

    private void ReadBatches()
    {
        long offset = HeaderBytes;
        while (!IsSealed)
        {
            if (BatchHeader.TryRead(_window.At(offset, BatchHeaderBytes), _salt, offset, out var batch))
            {
                ReadBatch(offset, batch);
                offset += BatchHeaderBytes + batch.FramesBytes;
                End = Math.Min(offset, _length);
                // What lies behind the seal was never acknowledged.
                IsSealed = batch.Flags.HasFlag(BatchFlags.Sealing);
                continue;
            }
            if (!TryFindNextBatch(ref offset)) break;
        }
        if (_tail is not null && !IsSealed) _tail.Before = null;
    }

    private void ReadBatch(long offset, in BatchHeader batch)
    {
        CloseDamage(batch.FirstSequence);
        _last = Math.Max(_last, batch.FirstSequence - 1);
        var from = _frames.Count;
        var end = Math.Min(offset + BatchHeaderBytes + batch.FramesBytes, _length);
        var (at, found) = (offset + BatchHeaderBytes, 0);
        while (at < end)
        {
            if (TryFrame(at, end - at, FrameStanding.WholeBatch, out var size))
            {
                found++;
                at += size;
                continue;
            }
            OpenDamage(at, "a frame does not match its checksum");
            at += Alignment;
        }
        if (end < offset + BatchHeaderBytes + batch.FramesBytes) OpenDamage(end, "the file ends within a batch");
        Through = Math.Max(Through, Math.Max(_last, batch.FirstSequence + batch.FrameCount - 1));
        _tail = _open;
        if (found == batch.FrameCount && _open is null) return;
        CloseDamage(Math.Max(_last + 1, batch.FirstSequence + batch.FrameCount));
        for (var i = from; i < _frames.Count; i++) _frames[i] = _frames[i] with { Standing = FrameStanding.DamagedBatch };
        _last = Math.Max(_last, batch.FirstSequence + batch.FrameCount - 1);
    }

    // Takes single frames on the way. False at the end of the file.
    private bool TryFindNextBatch(ref long offset)
    {
        var (at, isTold) = (offset, false);
        while (at + Alignment <= _length)
        {
            at = SkipZeros(at);
            if (at + Alignment > _length) break;
            var word = _window.At(at, Alignment);
            var mayBeBatch = BinaryPrimitives.ReadUInt32LittleEndian(word) == BatchMagic;
            if (mayBeBatch && at > offset && BatchHeader.TryRead(_window.At(at, BatchHeaderBytes), _salt, at, out _))
            {
                if (!isTold) OpenDamage(offset, "no batch that matches its checksum");
                offset = at;
                return true;
            }
            if (!isTold) OpenDamage(offset, "no batch that matches its checksum");
            isTold = true;
            if (TryFrame(at, _length - at, FrameStanding.Alone, out var size))
            {
                at += size;
                End = at;
            }
            else
            {
                OpenDamage(at, "nothing that matches its checksum");
                at += Alignment;
            }
        }
        // Less than a word of what a write left.
        if (!isTold && _window.At(at, Alignment).ContainsAnyExcept((byte)0)) OpenDamage(offset, "no batch that matches its checksum");
        return false;
    }

    private long SkipZeros(long at)
    {
        while (at < _length)
        {
            var chunk = _window.At(at, ScanBytes);
            if (chunk.IsEmpty) return _length;
            var zeros = chunk.IndexOfAnyExcept((byte)0);
            if (zeros >= 0) return at + (zeros & -Alignment);
            at += chunk.Length;
        }
        return _length;
    }

    private bool TryFrame(long at, long room, FrameStanding standing, out int size)
    {
        size = 0;
        var head = _window.At(at, FrameHeaderBytes);
        if (head.Length < FrameHeaderBytes) return false;
        // Most of what is no frame is told by its look, before anything is summed.
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxPayloadBytes || FrameBytes(length) > room) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is 0 or > byte.MaxValue) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[20..]) != 0) return false;
        if (!FrameHeader.TryRead(_window.At(at, FrameBytes(length)), _salt, at, out var frame, out var payload)) return false;
        if (frame.Sequence < 1) return false;
        var sequences = frame.Type == EventType.Dropped ? DroppedEvent.Decode(payload)?.Sequences ?? 1 : 1;
        size = FrameBytes(length);
        CloseDamage(frame.Sequence);
        _last = Math.Max(_last, frame.Sequence + sequences - 1);
        Through = Math.Max(Through, _last);
        _frames.Add(new SalvagedFrame(frame.Sequence, sequences, frame.Type, at, length, standing));
        return true;
    }

    private void OpenDamage(long offset, string what)
    {
        if (_open is not null) return;
        _open = new JournalDamage(Path, offset, what, _last, isWholeFile: false);
        _damages.Add(_open);
    }

    private void CloseDamage(long before)
    {
        if (_open is null) return;
        _open.Before = before;
        _open = null;
    }
}
