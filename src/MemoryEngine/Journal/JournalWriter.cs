using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Appends batches of frames to the journal. For one thread at a time.
/// </summary>
/// <remarks>
/// Space is reserved before it is written, so a full disk is met while nothing has changed. A failed write drops its
/// batch and the next one takes its place. A failed sync poisons the writer: what the device holds is unknown and no
/// second sync could tell (the kernel forgets the pages it could not write), so everything after it is refused.
/// </remarks>
internal sealed class JournalWriter : IDisposable
{
    private const long SmallestReservation = 256 << 10;
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly long _fileBytes;
    private readonly Guid _poolId;
    private readonly TimeProvider _clock;
    private readonly ByteWriter _batch = new(64 << 10);
    private IFile _file;
    private FileHeader _header;
    private long _fileFirst = 1;
    private long _reserved;
    private long _offset;
    private long _durableOffset;
    private long _earlierBytes;
    private int _frameCount;
    private long _lastSequence;
    private bool _endsClosed;
    private MemoryEngineException? _poison;

    private JournalWriter(IFileSystem files, string directory, Guid poolId, long fileBytes, TimeProvider clock, IFile file)
    {
        (_files, _directory, _poolId, _fileBytes, _clock, _file) = (files, directory, poolId, fileBytes, clock, file);
        _batch.Claim(BatchHeaderBytes);
    }

    /// <summary>The sequence of the newest frame, those of the batch in hand included.</summary>
    public long LastSequence => _lastSequence + _frameCount;

    public int PendingBytes => _batch.Length - BatchHeaderBytes;

    public int PendingFrames => _frameCount;

    /// <summary>Bytes in use by all journal files.</summary>
    public long Bytes => Volatile.Read(ref _earlierBytes) + _offset;

    /// <summary>The number of the file that is written on; all before it are sealed.</summary>
    public int ActiveFile => _header.Number;

    /// <summary>How far that file is written.</summary>
    public long ActiveOffset => _offset;

    /// <summary>Why nothing can be written any more, or null.</summary>
    public MemoryEngineException? Poison => _poison;

    /// <summary>Starts the journal of a new pool. Its first file appears whole or not at all.</summary>
    public static JournalWriter Create(IFileSystem files, string directory, Guid poolId, long fileBytes, TimeProvider clock)
    {
        var (file, header) = CreateFile(files, directory, 1, poolId, clock);
        return new JournalWriter(files, directory, poolId, fileBytes, clock, file)
        {
            _header = header,
            _offset = HeaderBytes,
            _durableOffset = HeaderBytes,
            _reserved = HeaderBytes,
        };
    }

    /// <summary>Continues a journal where a scan found its end; cuts the torn tail that the scan reported.</summary>
    public static JournalWriter Open(
        IFileSystem files, string directory, JournalScan scan, long fileBytes, TimeProvider clock)
    {
        SettleNames(files, directory, scan.SpareFile);
        var file = files.Open(Path.Combine(directory, FileName(scan.LastFile)), FileOpening.ReadWrite);
        try
        {
            var earlierBytes = scan.Bytes - file.Length;
            if (scan.Torn is not null) file.SetLength(scan.EndOffset);
            // Batches that were only handed to the kernel before the crash become what all later ones stand on.
            WriteAgain(files, directory, scan.Unproven);
            file.Sync();
            return new JournalWriter(files, directory, scan.PoolId, fileBytes, clock, file)
            {
                _header = scan.LastHeader,
                _fileFirst = scan.LastFileFirst,
                _offset = scan.EndOffset,
                _durableOffset = scan.EndOffset,
                _reserved = file.Length,
                _lastSequence = scan.LastSequence,
                _earlierBytes = earlierBytes,
                _endsClosed = scan.ClosedCleanly && scan.Torn is null,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds a frame to the batch in hand.</summary>
    /// <returns>Where the frame will stand once the batch is written.</returns>
    public JournalPosition Append(EventType type, ReadOnlySpan<byte> payload)
    {
        ThrowIfPoisoned();
        if (payload.Length > MaxPayloadBytes || PendingBytes + FrameBytes(payload.Length) > MaxBatchBytes)
            throw new ArgumentException($"A frame of {payload.Length} bytes does not fit the batch.", nameof(payload));
        // A file of an older format is not continued: what its readers know does not include what may be appended now.
        if (_frameCount == 0 && (_offset >= _fileBytes || _header.Version < FormatVersion)) Roll();
        var offset = _offset + _batch.Length;
        var frame = _batch.Claim(FrameBytes(payload.Length));
        _frameCount++;
        new FrameHeader(payload.Length, type, LastSequence).Write(frame, payload, _header.Salt, offset);
        return new JournalPosition(ActiveFile, offset);
    }

    /// <summary>Drops the frames behind a mark that <see cref="PendingBytes"/> and <see cref="PendingFrames"/> gave.</summary>
    public void Rewind(int pendingBytes, int pendingFrames)
    {
        _batch.Truncate(BatchHeaderBytes + pendingBytes);
        _frameCount = pendingFrames;
    }

    /// <summary>Hands the batch in hand to the kernel. When it throws, the batch is dropped and nothing else has changed.</summary>
    public void Write() => WriteBatch(BatchFlags.None);

    /// <summary>Brings everything written so far to the device.</summary>
    public void Sync()
    {
        ThrowIfPoisoned();
        if (_durableOffset == _offset) return;
        try
        {
            _file.Sync();
        }
        catch (MemoryEngineException e)
        {
            _poison = new MemoryEngineException(
                ErrorCode.Poisoned,
                $"The device failed to sync {_file.Path}, so what it holds is unknown: {e.Message} " +
                "The pool stays readable and takes no more writes; check the disk and open the pool again.",
                e);
            throw _poison;
        }
        _durableOffset = _offset;
    }

    /// <summary>
    /// Begins a new file, so that every frame written so far lies in a sealed one. Nothing when the file in hand has none.
    /// When it throws, the writer goes on where it was.
    /// </summary>
    public void Seal()
    {
        ThrowIfPoisoned();
        if (_frameCount > 0) throw new InvalidOperationException("A batch is in hand: write it or drop it, then seal.");
        if (_lastSequence >= _fileFirst) Roll();
    }

    /// <summary>Takes note that a sealed file has another length, as <see cref="JournalRewriter"/> made it. From any thread.</summary>
    public void NoteRewrite(JournalRewrite rewrite) =>
        Interlocked.Add(ref _earlierBytes, rewrite.BytesAfter - rewrite.BytesBefore);

    /// <summary>Takes no more writes: what is in the journal could not be brought into the derived state.</summary>
    public MemoryEngineException Refuse(Exception cause) => _poison ??= new MemoryEngineException(
        ErrorCode.Poisoned,
        $"A write reached the journal but not what is derived from it: {cause.Message} " +
        "Nothing acknowledged is lost. The pool takes no more writes; open it again to rebuild what is derived.",
        cause);

    /// <summary>Writes the closing batch, after which any damage is told from a torn tail, and gives back what was reserved.</summary>
    public void Close()
    {
        if (_poison is null)
        {
            Rewind(0, 0);
            Sync();
            if (!_endsClosed) WriteClosing();
            GiveBackReserved();
            Sync();
        }
        Dispose();
    }

    public void Dispose() => _file.Dispose();

    // The kernel calls pages clean that a failed sync could not write, so a sync by the next process says nothing of them.
    // What nothing vouches for is written once more, and then it does. It may lie in the file before the last one, when the
    // crash came between that one's seal and its sync.
    private static void WriteAgain(IFileSystem files, string directory, JournalRange range)
    {
        if (range.To == range.From) return;
        using var file = files.Open(Path.Combine(directory, FileName(range.File)), FileOpening.ReadWrite);
        var buffer = new byte[(int)Math.Min(range.To - range.From, 1 << 20)];
        for (var offset = range.From; offset < range.To;)
        {
            var read = file.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, range.To - offset)));
            if (read == 0) break;
            file.Write(offset, buffer.AsSpan(0, read));
            offset += read;
        }
        file.Sync();
    }

    private static (IFile File, FileHeader Header) CreateFile(
        IFileSystem files, string directory, int number, Guid poolId, TimeProvider clock)
    {
        var header = FileHeader.New(number, poolId, clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        var path = Path.Combine(directory, FileName(number));
        var temporary = path + NewSuffix;
        files.Delete(temporary);
        var page = new byte[HeaderBytes];
        header.Write(page);
        using (var file = files.Open(temporary, FileOpening.CreateNew))
        {
            file.Reserve(HeaderBytes);
            file.Write(0, page);
            file.Sync();
        }
        files.Rename(temporary, path);
        files.SyncDirectory(directory);
        return (files.Open(path, FileOpening.ReadWrite), header);
    }

    // What a crash left of files that were being made goes: it may hold what is purged later. A file that was put in the
    // place of another just before the process died is there to stay.
    private static void SettleNames(IFileSystem files, string directory, int? spare)
    {
        foreach (var name in files.List(directory).Where(IsLeftover)) files.Delete(Path.Combine(directory, name));
        if (spare is { } number) files.Delete(Path.Combine(directory, FileName(number)));
        files.SyncDirectory(directory);
    }

    private void WriteClosing()
    {
        try
        {
            WriteBatch(BatchFlags.Closing);
            Sync();
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull)
        {
            // As after a kill, then: all that was acknowledged is there, and the next session finds the end by itself.
        }
    }

    // Space that stays reserved harms nobody, and zeros behind the last batch are no damage. A failure here must not look
    // like one of the batch before it.
    private void GiveBackReserved()
    {
        try
        {
            _file.SetLength(_offset);
        }
        catch (MemoryEngineException)
        {
            // The next session tries again.
        }
    }

    private void WriteBatch(BatchFlags flags)
    {
        ThrowIfPoisoned();
        try
        {
            var end = _offset + _batch.Length;
            // The batch that seals or closes the file always finds the room that the one before it left.
            EnsureReserved(flags == BatchFlags.None ? end + BatchHeaderBytes : end);
            new BatchHeader(flags, _lastSequence + 1, _frameCount, PendingBytes, _durableOffset)
                .Write(_batch.Written, _header.Salt, _offset);
            _file.Write(_offset, _batch.Written);
            _offset = end;
            _lastSequence += _frameCount;
            _endsClosed = flags == BatchFlags.Closing;
        }
        finally
        {
            Rewind(0, 0);
        }
    }

    private void EnsureReserved(long length)
    {
        if (length <= _reserved) return;
        var generous = Math.Max(length, Math.Min(Math.Max(_reserved * 2, SmallestReservation), _fileBytes + BatchHeaderBytes));
        try
        {
            _file.Reserve(generous);
            _reserved = generous;
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull && generous > length)
        {
            _file.Reserve(length);
            _reserved = length;
        }
    }

    // The next file exists, durably, before this one says so.
    private void Roll()
    {
        Sync();
        var (next, header) = CreateFile(_files, _directory, ActiveFile + 1, _poolId, _clock);
        try
        {
            WriteBatch(BatchFlags.Sealing);
            Sync();
        }
        catch
        {
            next.Dispose();
            throw;
        }
        GiveBackReserved();
        _file.Dispose();
        Interlocked.Add(ref _earlierBytes, _offset);
        (_file, _header, _fileFirst) = (next, header, _lastSequence + 1);
        (_offset, _durableOffset, _reserved) = (HeaderBytes, HeaderBytes, HeaderBytes);
    }

    private void ThrowIfPoisoned()
    {
        if (_poison is not null) throw _poison;
    }
}
