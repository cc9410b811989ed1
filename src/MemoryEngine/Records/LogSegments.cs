using System.Buffers;
using System.Globalization;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// The log on disk: segment files of 16 MiB of log each, stored in checksummed blocks. A read returns what was written
/// at that log address or throws; reservation makes later writes below it unable to meet a full disk.
/// </summary>
/// <remarks>
/// Reads may come from any thread; writes, reservations and syncs from one thread each at a time. Nothing waits for the
/// device under the lock. LogSegments.GiveBack.cs has what happens to the log below its beginning.
/// </remarks>
internal sealed partial class LogSegments(IFileSystem files, string directory) : IDisposable
{
    public const int SegmentBits = 24;
    public const long SegmentBytes = 1L << SegmentBits;

    /// <summary>Where FASTER's log begins. A log that ends here is empty and has no file.</summary>
    public const long FirstAddress = 64;

    private const long ReservationStep = 1 << 20;
    private const string Prefix = "log.";

    private readonly Lock _lock = new();
    private readonly HashSet<int> _unsynced = [];
    private IFile?[] _open = new IFile?[16];
    private bool _namesUnsynced;
    private long _reservedUntil;

    public static string NameOf(int segment) => Prefix + segment.ToString("d6", CultureInfo.InvariantCulture);

    /// <summary>How long the segment file must be to hold the log up to an address within it.</summary>
    public static long StoredLength(long logBytes) => (logBytes + LogBlock.Bytes - 1) / LogBlock.Bytes * LogBlock.StoredBytes;

    public long StoredBytes
    {
        get
        {
            lock (_lock) return _open.Sum(static f => f?.Length ?? 0);
        }
    }

    /// <summary>Fills the destination with the log from an address on, all of it verified. Does not cross a segment.</summary>
    /// <exception cref="CorruptionException">A block is missing or not what was written there.</exception>
    public void Read(long address, Span<byte> destination) => _ = TryRead(address, destination, mayWait: true);

    /// <summary>The same; or false where it may not wait for the device and would have to.</summary>
    /// <exception cref="CorruptionException">A block is missing or not what was written there.</exception>
    public bool TryRead(long address, Span<byte> destination, bool mayWait)
    {
        var firstBlock = address / LogBlock.Bytes;
        var blocks = (int)(((address + destination.Length - 1) / LogBlock.Bytes) - firstBlock + 1);
        var segment = (int)(address >> SegmentBits);
        if (!mayWait && !IsOpen(segment)) return false;
        var file = Segment(segment, FileOpening.ReadWrite);
        var offset = StoredLength(firstBlock * LogBlock.Bytes & (SegmentBytes - 1));
        var buffer = ArrayPool<byte>.Shared.Rent(blocks * LogBlock.StoredBytes);
        try
        {
            var stored = buffer.AsSpan(0, blocks * LogBlock.StoredBytes);
            var read = ReadOrRefuse(file, segment, offset, stored, mayWait);
            if (read < 0) return false;
            var skip = (int)(address % LogBlock.Bytes);
            for (var i = 0; i < blocks; i++)
            {
                var start = i * LogBlock.StoredBytes;
                if (start + LogBlock.StoredBytes > read)
                    throw new CorruptionException(file.Path, offset + start, "a block of the record log", "the end of the file");
                var block = stored.Slice(start, LogBlock.StoredBytes);
                if (!LogBlock.Verify(block, firstBlock + i))
                    throw new CorruptionException(file.Path, offset + start, "a block with a valid checksum", "another checksum");
                var part = Math.Min(LogBlock.Bytes - skip, destination.Length);
                block.Slice(skip, part).CopyTo(destination);
                destination = destination[part..];
                skip = 0;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Opens the file that holds an address, or throws.</summary>
    public void Touch(long address) => _ = Segment((int)(address >> SegmentBits), FileOpening.ReadWrite);

    /// <summary>Writes whole blocks from a block's address on; the buffer is scratch for their stored form.</summary>
    public void Write(long address, ReadOnlySpan<byte> log, Span<byte> buffer)
    {
        var segment = (int)(address >> SegmentBits);
        var file = Segment(segment, FileOpening.OpenOrCreate);
        lock (_lock) _unsynced.Add(segment);
        var atOnce = buffer.Length / LogBlock.StoredBytes * LogBlock.Bytes;
        while (log.Length > 0)
        {
            var part = log[..Math.Min(atOnce, log.Length)];
            var blocks = part.Length / LogBlock.Bytes;
            for (var i = 0; i < blocks; i++)
                LogBlock.Seal(part[(i * LogBlock.Bytes)..], (address / LogBlock.Bytes) + i, buffer[(i * LogBlock.StoredBytes)..]);
            file.Write(StoredLength(address & (SegmentBytes - 1)), buffer[..(blocks * LogBlock.StoredBytes)]);
            address += part.Length;
            log = log[part.Length..];
        }
    }

    /// <summary>
    /// Reserves disk space for the log up to an address, in steps of 1 MiB. Throws and changes nothing when there is
    /// none.
    /// </summary>
    public void Reserve(long until)
    {
        if (until <= _reservedUntil) return;
        until = (until + ReservationStep - 1) & -ReservationStep;
        // Segment by segment: when the second cannot be had, the first one's space stays reserved, which harms nobody.
        while (_reservedUntil < until)
        {
            var segment = (int)(_reservedUntil >> SegmentBits);
            var end = Math.Min(until, (segment + 1L) << SegmentBits);
            Segment(segment, FileOpening.OpenOrCreate).Reserve(StoredLength(end - ((long)segment << SegmentBits)));
            lock (_lock) _unsynced.Add(segment);
            _reservedUntil = end;
        }
    }

    /// <summary>All that was written reaches the device, and the names of the segment files do.</summary>
    public void Sync()
    {
        int[] segments;
        bool names;
        // Not under the lock: a reader that opens a segment must not wait for the device.
        lock (_lock)
        {
            segments = [.. _unsynced];
            names = _namesUnsynced;
            _unsynced.Clear();
            _namesUnsynced = false;
        }
        foreach (var segment in segments) Segment(segment, FileOpening.ReadWrite).Sync();
        if (names) files.SyncDirectory(directory);
    }

    /// <summary>Why the files cannot hold the log from one address up to another, or null. Nothing is read but lengths.</summary>
    public string? WhyIncomplete(long from, long until)
    {
        if (until <= FirstAddress) return null;
        for (var segment = (int)(from >> SegmentBits); (long)segment << SegmentBits < until; segment++)
        {
            var path = Path.Combine(directory, NameOf(segment));
            if (!files.FileExists(path)) return $"{path} is missing";
            var expected = StoredLength(Math.Min(SegmentBytes, until - ((long)segment << SegmentBits)));
            var length = Segment(segment, FileOpening.ReadWrite).Length;
            if (length < expected) return $"{path} has {length} bytes instead of {expected}";
        }
        return null;
    }

    /// <summary>
    /// Cuts off what lies before and behind the log of a checkpoint: what it had compacted, and what was never part of it.
    /// </summary>
    public void Trim(long from, long until)
    {
        if (until <= FirstAddress) until = 0;
        var (first, last) = ((int)(from >> SegmentBits), (int)((until - 1) >> SegmentBits));
        // All of an empty log may have been given back.
        if (last >= first) Segment(last, FileOpening.OpenOrCreate).SetLength(StoredLength(until - ((long)last << SegmentBits)));
        _reservedUntil = until & -LogBlock.Bytes;
        (_firstReadable, _firstStored) = (first, first);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        for (var segment = first; segment <= last; segment++) wanted.Add(NameOf(segment));
        var unwanted = files.List(directory).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !wanted.Contains(name)).ToArray();
        foreach (var name in unwanted) files.Delete(Path.Combine(directory, name));
        if (unwanted.Length > 0) files.SyncDirectory(directory);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var file in _open) file?.Dispose();
            _open = [];
        }
    }

    private bool IsOpen(int segment)
    {
        var open = Volatile.Read(ref _open);
        return segment < open.Length && Volatile.Read(ref open[segment]) is not null;
    }

    private IFile Segment(int segment, FileOpening opening)
    {
        var open = Volatile.Read(ref _open);
        if (segment < open.Length && Volatile.Read(ref open[segment]) is { } file) return file;
        lock (_lock)
        {
            if (segment >= _open.Length)
            {
                var more = new IFile?[Math.Max(segment + 1, _open.Length * 2)];
                _open.CopyTo(more, 0);
                Volatile.Write(ref _open, more);
            }
            if (_open[segment] is { } already) return already;
            if (segment < _firstReadable) throw GivenBack(segment);
            if (opening == FileOpening.OpenOrCreate) _namesUnsynced = true;
            var opened = files.Open(Path.Combine(directory, NameOf(segment)), opening);
            Volatile.Write(ref _open[segment], opened);
            return opened;
        }
    }
}
