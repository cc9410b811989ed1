using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// One journal file, read forward batch by batch. A batch counts whole or not at all: no frame of it is handed on before
/// all have been checked. What bytes that are no batch mean, the caller decides.
/// </summary>
internal sealed class JournalFileReader : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private readonly IFile _file;
    private readonly int _number;
    private long? _lastSequence;

    private JournalFileReader(IFile file, int number, long? lastSequence)
    {
        (_file, _number, _lastSequence) = (file, number, lastSequence);
        Window = new FileWindow(file, WindowBytes);
        Header = FileHeader.Read(Window.At(0, HeaderBytes), file.Path);
        if (Header.Number != number)
            throw new CorruptionException(Path, 0, $"the header of file {number}", $"the header of file {Header.Number}");
    }

    public FileHeader Header { get; }

    public FileWindow Window { get; }

    public string Path => _file.Path;

    public long Length => _file.Length;

    /// <summary>Where the last whole batch ends.</summary>
    public long Offset { get; private set; } = HeaderBytes;

    /// <summary>Whole batches read so far.</summary>
    public int Batches { get; private set; }

    /// <summary>What the last one says about itself.</summary>
    public BatchFlags Flags { get; private set; }

    /// <summary>Up to here the file was known to be on the device when its last whole batch was written.</summary>
    public long ProvenOffset { get; private set; } = HeaderBytes;

    /// <summary>The newest sequence so far.</summary>
    public long LastSequence => _lastSequence ?? 0;

    public bool IsSealed => Flags.HasFlag(BatchFlags.Sealing);

    /// <summary>Opens a file of the journal and reads its header.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The journal's.</param>
    /// <param name="number">The file's.</param>
    /// <param name="lastSequence">The sequence before the file's first one; null to take the file's word for it.</param>
    public static JournalFileReader Open(IFileSystem files, string directory, int number, long? lastSequence)
    {
        var file = files.Open(System.IO.Path.Combine(directory, FileName(number)), FileOpening.Read);
        try
        {
            return new JournalFileReader(file, number, lastSequence);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Hands on the frames of the next batch; false when what follows is not a whole one.</summary>
    /// <exception cref="CorruptionException">It is whole, and what it says cannot be.</exception>
    public bool TryNext(JournalVisitor visit)
    {
        if (!BatchHeader.TryRead(Window.At(Offset, BatchHeaderBytes), Header.Salt, Offset, out var batch)) return false;
        var framesOffset = Offset + BatchHeaderBytes;
        var frames = Window.At(framesOffset, batch.FramesBytes);
        if (frames.Length < batch.FramesBytes || !FramesCheckOut(frames, framesOffset, batch)) return false;
        if (batch.FirstSequence != (_lastSequence + 1 ?? Math.Max(1, batch.FirstSequence)))
        {
            throw new CorruptionException(
                Path, Offset, $"a batch that begins with sequence {LastSequence + 1}", $"sequence {batch.FirstSequence}");
        }
        _lastSequence = batch.FirstSequence - 1;
        var at = 0;
        for (var i = 0; i < batch.FrameCount; i++)
        {
            var frame = FrameHeader.ReadChecked(frames[at..], out var payload);
            var sequences = SequencesOf(frame, payload, framesOffset + at);
            visit(new JournalFrame(frame.Sequence, frame.Type, payload, new JournalPosition(_number, framesOffset + at), sequences));
            _lastSequence = frame.Sequence + sequences - 1;
            at += FrameBytes(frame.PayloadLength);
        }
        Flags = batch.Flags;
        Batches++;
        ProvenOffset = Math.Clamp(batch.DurableOffset, HeaderBytes, Offset);
        Offset = framesOffset + batch.FramesBytes;
        return true;
    }

    /// <summary>The sequence that the batch at <see cref="Offset"/> begins with; null when no batch is there.</summary>
    public long? NextSequence =>
        BatchHeader.TryRead(Window.At(Offset, BatchHeaderBytes), Header.Salt, Offset, out var batch) ? batch.FirstSequence : null;

    /// <summary>The sequence that the batch at <see cref="Offset"/> begins with, where there must be one.</summary>
    public long PeekSequence() => NextSequence ?? throw NoBatch();

    /// <summary>Hands on all frames of a sealed file; everything in it must check out, up to its seal.</summary>
    public void ReadToSeal(JournalVisitor visit)
    {
        while (!IsSealed) if (!TryNext(visit)) throw NoBatch();
    }

    public void Dispose() => _file.Dispose();

    private CorruptionException NoBatch() =>
        new(Path, Offset, "a whole batch of a sealed file", "bytes that do not match their checksum");

    private bool FramesCheckOut(ReadOnlySpan<byte> frames, long framesOffset, in BatchHeader batch)
    {
        var (at, sequence) = (0, batch.FirstSequence);
        for (var i = 0; i < batch.FrameCount; i++)
        {
            if (!FrameHeader.TryRead(frames[at..], Header.Salt, framesOffset + at, out var frame, out var payload)) return false;
            if (frame.Sequence != sequence) return false;
            sequence += SequencesOf(frame, payload, framesOffset + at);
            at += FrameBytes(frame.PayloadLength);
        }
        return at == frames.Length;
    }

    private int SequencesOf(in FrameHeader frame, ReadOnlySpan<byte> payload, long offset)
    {
        if (!Header.MayHold(frame.Type))
            throw new CorruptionException(Path, offset, $"an event of journal format {Header.Version}", "a frame of a later one");
        if (frame.Type != EventType.Dropped) return 1;
        return DroppedEvent.Decode(payload)?.Sequences
            ?? throw new CorruptionException(Path, offset, "a count of dropped events", "other bytes");
    }
}
