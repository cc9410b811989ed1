using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Makes a whole journal file of events that exist already, in batches of its own, beside the journal and under a name
/// that no reader looks at. It is synced before it takes its place, so every batch may say that all before it is durable,
/// and any damage to the file is told from a torn tail. Without a disk it only counts.
/// </summary>
internal sealed class JournalFileWriter : IDisposable
{
    private const int BatchBytes = 1 << 20;
    private readonly ByteWriter _batch = new(64 << 10);
    private readonly IFileSystem? _files;
    private readonly IFile? _file;
    private readonly string _path;
    private readonly FileHeader _header;
    private long _offset = HeaderBytes;
    private long _batchFirst;
    private int _frameCount;
    private (long Sequence, DroppedEvent Event)? _dropped;
    private bool _isPlaced;

    private JournalFileWriter(IFileSystem? files, IFile? file, string path, in FileHeader header, long firstSequence)
    {
        (_files, _file, _path, _header) = (files, file, path, header);
        NextSequence = _batchFirst = firstSequence;
        _batch.Claim(BatchHeaderBytes);
    }

    /// <summary>The sequence that the next event must have.</summary>
    public long NextSequence { get; private set; }

    /// <summary>The file's length so far, the batch in hand included.</summary>
    public long Bytes => _offset + (_frameCount > 0 ? _batch.Length : 0);

    public int Number => _header.Number;

    /// <summary>Begins a file. Its first event has the sequence <paramref name="firstSequence"/>.</summary>
    public static JournalFileWriter Create(IFileSystem files, string directory, in FileHeader header, long firstSequence)
    {
        var path = Path.Combine(directory, FileName(header.Number));
        files.Delete(path + NewSuffix);
        var file = files.Open(path + NewSuffix, FileOpening.CreateNew);
        var writer = new JournalFileWriter(files, file, path, header, firstSequence);
        try
        {
            var page = new byte[HeaderBytes];
            header.Write(page);
            file.Write(0, page);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>A writer that writes nothing, to learn how long a file would be.</summary>
    public static JournalFileWriter Counting(int number, long firstSequence) =>
        new(null, null, "", FileHeader.New(number, Guid.Empty, 0), firstSequence);

    /// <summary>Adds an event; answers where it will stand.</summary>
    public JournalPosition Append(long sequence, EventType type, ReadOnlySpan<byte> payload)
    {
        WriteDropped();
        return WriteFrame(sequence, 1, type, payload);
    }

    /// <summary>Leaves events out. Those that follow each other become one frame.</summary>
    public void Drop(long sequence, in DroppedEvent dropped)
    {
        if (!dropped.IsSound()) throw new ArgumentException($"{dropped} is not what a writer drops.", nameof(dropped));
        if (_dropped is { } before && before.Event.TryJoin(dropped, out var joined) && before.Sequence + before.Event.Sequences == sequence)
        {
            _dropped = (before.Sequence, joined);
            return;
        }
        WriteDropped();
        _dropped = (sequence, dropped);
    }

    /// <summary>Ends the file with a batch of that kind, and brings it to the device.</summary>
    public void Finish(BatchFlags flags)
    {
        WriteDropped();
        if (_frameCount > 0) WriteBatch(BatchFlags.None);
        WriteBatch(flags);
        _file?.Sync();
    }

    /// <summary>Puts the finished file in its place. The name is durable once the directory is synced.</summary>
    public void Place()
    {
        _files?.Rename(_path + NewSuffix, _path);
        _isPlaced = true;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _file?.Dispose();
        if (_isPlaced) return;
        try
        {
            _files?.Delete(_path + NewSuffix);
        }
        catch (MemoryEngineException)
        {
            // The next opening for writing deletes it; what went wrong before is what the caller must hear of.
        }
    }

    private void WriteDropped()
    {
        if (_dropped is not { } dropped) return;
        _dropped = null;
        WriteFrame(dropped.Sequence, dropped.Event.Sequences, EventType.Dropped, dropped.Event.Encode());
    }

    private JournalPosition WriteFrame(long sequence, int sequences, EventType type, ReadOnlySpan<byte> payload)
    {
        if (sequence != NextSequence)
            throw new ArgumentException($"The next event has sequence {NextSequence}, not {sequence}.", nameof(sequence));
        var size = FrameBytes(payload.Length);
        if (_frameCount > 0 && _batch.Length + size > BatchBytes) WriteBatch(BatchFlags.None);
        var offset = _offset + _batch.Length;
        var frame = _batch.Claim(size);
        if (_file is not null) new FrameHeader(payload.Length, type, sequence).Write(frame, payload, _header.Salt, offset);
        _frameCount++;
        NextSequence += sequences;
        return new JournalPosition(_header.Number, offset);
    }

    private void WriteBatch(BatchFlags flags)
    {
        new BatchHeader(flags, _batchFirst, _frameCount, _batch.Length - BatchHeaderBytes, _offset)
            .Write(_batch.Written, _header.Salt, _offset);
        _file?.Write(_offset, _batch.Written);
        _offset += _batch.Length;
        _batch.Truncate(BatchHeaderBytes);
        (_batchFirst, _frameCount) = (NextSequence, 0);
    }
}
