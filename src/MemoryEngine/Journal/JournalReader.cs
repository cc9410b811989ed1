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
            state.PoolId, numbers[0], state.LastFile, state.LastHeader, state.LastFileFirst, state.EndOffset, state.LastSequence,
            state.Unproven, state.Closed, state.Torn, state.Spare, state.Bytes);
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
        var first = state.LastSequence + 1;
        using var file = JournalFileReader.Open(files, directory, number, state.LastSequence);
        if (state.PoolId == Guid.Empty) state.PoolId = file.Header.PoolId;
        else if (state.PoolId != file.Header.PoolId)
            throw new CorruptionException(file.Path, 0, $"a file of pool {state.PoolId}", $"a file of pool {file.Header.PoolId}");

        var previousSealed = state.LastFile == 0 || state.Sealed;
        while (file.TryNext(visit))
        {
            if (!previousSealed)
            {
                throw new CorruptionException(
                    state.LastPath, state.EndOffset, "the sealing batch that precedes the next file", "no valid batch");
            }
            if (file.IsSealed) break;
        }
        state.Bytes += file.Length;
        if (file.Batches == 0 && !previousSealed)
        {
            // Made ready to be the next file before the crash, and never used.
            if (ExamineTail(file) is not null)
                throw new CorruptionException(file.Path, HeaderBytes, "an unused file after one that is not sealed", "bytes");
            state.Spare = number;
            state.Bytes -= file.Length;
            return;
        }
        // A file whose successor has a batch was synced before that was written.
        if (file.Batches > 0) state.Unproven = new JournalRange(number, file.ProvenOffset, file.Offset);
        state.LastFile = number;
        (state.LastHeader, state.LastPath, state.LastFileFirst) = (file.Header, file.Path, first);
        (state.EndOffset, state.LastSequence) = (file.Offset, file.LastSequence);
        state.Sealed = file.IsSealed;
        // What lies behind the seal is of no account: the leavings of a write that failed may stand there when the process
        // died before the file was cut.
        state.Torn = file.IsSealed ? null : ExamineTail(file);
        state.Closed = state.Torn is null && file.Flags.HasFlag(BatchFlags.Closing);
    }

    private static TornTail? ExamineTail(JournalFileReader file)
    {
        var (window, path, salt, badOffset) = (file.Window, file.Path, file.Header.Salt, file.Offset);
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
        public FileHeader LastHeader;
        public long LastFileFirst;
        public JournalRange Unproven;
        public long EndOffset;
        public long LastSequence;
        public long Bytes;
        public bool Sealed;
        public bool Closed;
        public TornTail? Torn;
        public int? Spare;
    }
}
