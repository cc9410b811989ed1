using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// Giving back what lies below the log's beginning: whole segments are deleted, and what is left in the first one is
/// overwritten, so that no byte of it is in a file afterwards.
/// </summary>
internal sealed partial class LogSegments
{
    private const int ErasedAtOnce = 64;

    /// <summary>The first segment that may be opened, and the first whose file may still be there.</summary>
    private int _firstReadable;
    private int _firstStored;

    /// <summary>
    /// Deletes the segments that lie below an address as a whole. Done again after a failure, it goes on where it was.
    /// </summary>
    public void DeleteBelow(long address)
    {
        var first = (int)(address >> SegmentBits);
        lock (_lock)
        {
            for (var segment = _firstReadable; segment < Math.Min(first, _open.Length); segment++)
            {
                // A reader in the midst of it holds on to the handle, and is told when it comes back.
                _open[segment]?.Dispose();
                Volatile.Write(ref _open[segment], null);
            }
            _unsynced.RemoveWhere(segment => segment < first);
            _firstReadable = Math.Max(_firstReadable, first);
        }
        for (; _firstStored < first; _firstStored++) files.Delete(Path.Combine(directory, NameOf(_firstStored)));
        files.SyncDirectory(directory);
    }

    /// <summary>
    /// Overwrites the blocks between two addresses of one segment with blocks of zeros; a <see cref="Sync"/> has to follow.
    /// They verify, since recovery reads whole pages, and hold no record.
    /// </summary>
    /// <param name="from">The first block's address.</param>
    /// <param name="until">Behind the last block.</param>
    /// <param name="again">They may have been overwritten already: then they are looked at and left.</param>
    public void Erase(long from, long until, bool again)
    {
        if (from >= until) return;
        var segment = (int)(from >> SegmentBits);
        var file = Segment(segment, FileOpening.ReadWrite);
        lock (_lock) _unsynced.Add(segment);
        var (zeros, stored) = (new byte[LogBlock.Bytes], new byte[ErasedAtOnce * LogBlock.StoredBytes]);
        for (var address = from; address < until;)
        {
            var blocks = (int)Math.Min(ErasedAtOnce, (until - address) / LogBlock.Bytes);
            var offset = StoredLength(address & (SegmentBytes - 1));
            var part = stored.AsSpan(0, blocks * LogBlock.StoredBytes);
            if (!again || file.Read(offset, part) < part.Length || !AreErased(part, address / LogBlock.Bytes))
            {
                for (var i = 0; i < blocks; i++)
                    LogBlock.Seal(zeros, (address / LogBlock.Bytes) + i, part[(i * LogBlock.StoredBytes)..]);
                file.Write(offset, part);
            }
            address += (long)blocks * LogBlock.Bytes;
        }
    }

    private static bool AreErased(ReadOnlySpan<byte> stored, long firstBlock)
    {
        for (var i = 0; i < stored.Length / LogBlock.StoredBytes; i++)
        {
            var block = stored.Slice(i * LogBlock.StoredBytes, LogBlock.StoredBytes);
            if (block[..LogBlock.Bytes].ContainsAnyExcept((byte)0) || !LogBlock.Verify(block, firstBlock + i)) return false;
        }
        return true;
    }

    /// <returns>How many bytes were read; negative where that would take a wait and it may not.</returns>
    private int ReadOrRefuse(IFile file, int segment, long offset, Span<byte> buffer, bool mayWait)
    {
        try
        {
            if (mayWait) return file.Read(offset, buffer);
            return file.TryReadAtOnce(offset, buffer) ? buffer.Length : -1;
        }
        catch (ObjectDisposedException) when (segment < Volatile.Read(ref _firstReadable))
        {
            throw GivenBack(segment);
        }
    }

    private MemoryEngineException GivenBack(int segment) =>
        new(ErrorCode.Storage, $"{Path.Combine(directory, NameOf(segment))} lies before the beginning of the record log and was given back.");
}
