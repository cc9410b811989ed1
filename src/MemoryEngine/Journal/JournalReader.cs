using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Reads a journal strictly, from its first frame to its last, and tells a torn tail from corruption.
/// </summary>
/// <remarks>
/// A batch that does not check out is a torn tail only when it is the last thing in the journal that could have been
/// lost: no later file has a batch, and no valid batch behind it says that this place was durable before. Everything
/// else is corruption and is refused with file and offset. A batch that follows without such a claim was written, like
/// the bad one, to the kernel alone (<see cref="Durability.Process"/>); a power loss may keep either, so both are cut.
/// </remarks>
internal static class JournalReader
{
    private const int WindowBytes = 1 << 20;

    /// <summary>Reads everything, handing each frame to <paramref name="visit"/> in order of sequence. Changes nothing.</summary>
    public static JournalScan Scan(IFileSystem files, string directory, JournalVisitor visit)
    {
        var numbers = Numbers(files, directory);
        if (numbers.Count == 0)
            throw new CorruptionException(directory, 0, $"the journal file {FileName(1)}", "no journal file");
        if (numbers[0] != 1) throw Missing(directory, 1, numbers[0]);
        var state = new ScanState();
        for (var i = 0; i < numbers.Count; i++)
        {
            if (i > 0 && numbers[i] != numbers[i - 1] + 1)
                throw Missing(directory, numbers[i - 1] + 1, numbers[i]);
            ScanFile(files, directory, numbers[i], state, visit);
        }
        if (state.Sealed) throw Missing(directory, state.LastFile + 1, null);
        return new JournalScan(
            state.PoolId, numbers[0], state.LastFile, state.LastSalt, state.EndOffset, state.LastSequence,
            state.Closed, state.Torn, state.Spare, state.Bytes);
    }

    /// <summary>The numbers of the journal files in a directory, ascending.</summary>
    public static List<int> Numbers(IFileSystem files, string directory)
    {
        var numbers = new List<int>();
        foreach (var name in files.List(directory))
            if (TryParseFileName(name, out var number)) numbers.Add(number);
        return numbers;
    }

    private static CorruptionException Missing(string directory, int number, int? next) => new(
        Path.Combine(directory, FileName(number)),
        0,
        "this file of the journal",
        next is null ? "no such file" : $"no such file, though {FileName(next.Value)} is there");

    private static void ScanFile(IFileSystem files, string directory, int number, ScanState state, JournalVisitor visit)
    {
        var path = Path.Combine(directory, FileName(number));
        using var file = files.Open(path, FileOpening.Read);
        var window = new FileWindow(file, WindowBytes);
        var header = FileHeader.Read(window.At(0, HeaderBytes), path);
        if (header.Number != number)
            throw new CorruptionException(path, 0, $"the header of file {number}", $"the header of file {header.Number}");
        if (state.PoolId == Guid.Empty) state.PoolId = header.PoolId;
        else if (state.PoolId != header.PoolId)
            throw new CorruptionException(path, 0, $"a file of pool {state.PoolId}", $"a file of pool {header.PoolId}");

        var previousSealed = state.LastFile == 0 || state.Sealed;
        long offset = HeaderBytes;
        var batches = 0;
        while (TryReadBatch(window, path, header.Salt, number, offset, state, visit, out var end))
        {
            if (!previousSealed)
            {
                throw new CorruptionException(
                    state.LastPath, state.EndOffset, "the sealing batch that precedes the next file", "no valid batch");
            }
            if (batches++ == 0) (state.LastFile, state.LastSalt, state.LastPath) = (number, header.Salt, path);
            offset = state.EndOffset = end;
            if (state.Sealed) break;
        }
        state.Bytes += file.Length;

        if (batches == 0)
        {
            // Made ready to be the next file before the crash, and never used; or used, and its first batch torn.
            var torn = ExamineTail(window, path, header.Salt, HeaderBytes);
            if (previousSealed)
            {
                (state.LastFile, state.LastSalt, state.LastPath, state.Sealed) = (number, header.Salt, path, false);
                (state.EndOffset, state.Torn, state.Closed) = (HeaderBytes, torn, false);
            }
            else if (torn is not null)
            {
                throw new CorruptionException(path, HeaderBytes, "an unused file after one that is not sealed", "bytes");
            }
            else
            {
                state.Spare = number;
                state.Bytes -= file.Length;
            }
            return;
        }
        // What lies behind the seal is of no account: the leavings of a write that failed may stand there when the process
        // died before the file was cut.
        state.Torn = state.Sealed ? null : ExamineTail(window, path, header.Salt, offset);
        if (state.Torn is not null) state.Closed = false;
    }

    private static bool TryReadBatch(
        FileWindow window, string path, ulong salt, int number, long offset, ScanState state, JournalVisitor visit, out long end)
    {
        end = offset;
        if (!BatchHeader.TryRead(window.At(offset, BatchHeaderBytes), salt, offset, out var batch)) return false;
        var framesOffset = offset + BatchHeaderBytes;
        var frames = window.At(framesOffset, batch.FramesBytes);
        if (frames.Length < batch.FramesBytes || !FramesCheckOut(frames, salt, framesOffset, batch)) return false;
        if (batch.FirstSequence != state.LastSequence + 1)
        {
            throw new CorruptionException(
                path, offset, $"a batch that begins with sequence {state.LastSequence + 1}", $"sequence {batch.FirstSequence}");
        }
        var at = 0;
        for (var i = 0; i < batch.FrameCount; i++)
        {
            _ = FrameHeader.TryRead(frames[at..], salt, framesOffset + at, out var frame, out var payload);
            visit(new JournalFrame(frame.Sequence, frame.Type, payload, new JournalPosition(number, framesOffset + at)));
            state.LastSequence = frame.Sequence;
            at += FrameBytes(frame.PayloadLength);
        }
        state.Sealed = batch.Flags.HasFlag(BatchFlags.Sealing);
        state.Closed = batch.Flags.HasFlag(BatchFlags.Closing);
        end = framesOffset + batch.FramesBytes;
        return true;
    }

    // Frames are checked before any is handed on: a batch counts whole or not at all.
    private static bool FramesCheckOut(ReadOnlySpan<byte> frames, ulong salt, long framesOffset, in BatchHeader batch)
    {
        var at = 0;
        for (var i = 0; i < batch.FrameCount; i++)
        {
            if (!FrameHeader.TryRead(frames[at..], salt, framesOffset + at, out var frame, out _)) return false;
            if (frame.Sequence != batch.FirstSequence + i) return false;
            at += FrameBytes(frame.PayloadLength);
        }
        return at == frames.Length;
    }

    private static TornTail? ExamineTail(FileWindow window, string path, ulong salt, long badOffset)
    {
        long lastByte = -1;
        for (var offset = badOffset; ;)
        {
            var chunk = window.At(offset, WindowBytes);
            if (chunk.IsEmpty) break;
            for (var i = 0; i < chunk.Length;)
            {
                var skip = chunk[i..].IndexOfAnyExcept((byte)0);
                if (skip < 0) break;
                i = (i + skip) & -Alignment;
                var word = chunk[i..Math.Min(i + Alignment, chunk.Length)];
                lastByte = offset + i + word.LastIndexOfAnyExcept((byte)0);
                // A header may reach over the window's end; read it by itself then.
                if (LooksLikeBatch(word))
                {
                    var header = window.At(offset + i, BatchHeaderBytes);
                    if (BatchHeader.TryRead(header, salt, offset + i, out var later) && later.DurableOffset > badOffset)
                    {
                        throw new CorruptionException(
                            path,
                            badOffset,
                            $"a whole batch, since the one at offset {offset + i} says that all before {later.DurableOffset} was durable",
                            "bytes that do not match their checksum");
                    }
                    chunk = window.At(offset, WindowBytes);
                }
                i += Alignment;
            }
            offset += chunk.Length;
        }
        return lastByte < 0 ? null : new TornTail(path, badOffset, lastByte + 1 - badOffset);
    }

    private static bool LooksLikeBatch(ReadOnlySpan<byte> word) =>
        word.Length >= 4 && System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(word) == BatchMagic;

    private sealed class ScanState
    {
        public Guid PoolId;
        public int LastFile;
        public string LastPath = "";
        public ulong LastSalt;
        public long EndOffset;
        public long LastSequence;
        public long Bytes;
        public bool Sealed;
        public bool Closed;
        public TornTail? Torn;
        public int? Spare;
    }
}
