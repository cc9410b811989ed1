using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>Whether a frame stays. It may be asked twice about the same one.</summary>
internal delegate bool FrameFilter(in JournalFrame frame);

/// <summary>The id of the record in the payload of an <see cref="EventType.Remembered"/> frame.</summary>
internal delegate long RecordIdReader(ReadOnlySpan<byte> remembered);

/// <summary>An event that takes another one's place, and its sequence.</summary>
internal sealed record ReplacedFrame(long Sequence, EventType Type, ReadOnlyMemory<byte> Payload);

/// <summary>Where the body of a record stands from now on.</summary>
internal readonly record struct MovedRecord(long RecordId, JournalPosition Position);

/// <summary>What rewriting a file did, or would do.</summary>
/// <param name="File">The file's number.</param>
/// <param name="BytesBefore">Its length.</param>
/// <param name="BytesAfter">Its length without what is dropped, and in full batches.</param>
/// <param name="FramesKept">Frames that stay.</param>
/// <param name="FramesDropped">Frames that go now; those that went earlier do not count.</param>
/// <param name="Moved">The records that stay, in order of their ids; empty for an estimate.</param>
internal sealed record JournalRewrite(
    int File, long BytesBefore, long BytesAfter, long FramesKept, long FramesDropped, IReadOnlyList<MovedRecord> Moved)
{
    /// <summary>Where transfers and outcomes stand now, by their sequences.</summary>
    public IReadOnlyDictionary<long, JournalPosition> MovedEvidence { get; init; } = new Dictionary<long, JournalPosition>();

    /// <summary>What is gained, or would be: negative when a small frame is dropped alone.</summary>
    public long DeadBytes => BytesBefore - BytesAfter;
}

/// <summary>
/// Rewrites sealed files without the frames that nobody needs any more. What stays keeps its sequence and its bytes; what
/// goes leaves a count. The new file is whole and on the device before it takes the old one's name, so a crash leaves the
/// one or the other. For one thread at a time; readers of <see cref="JournalBodies"/> go on meanwhile.
/// </summary>
internal sealed class JournalRewriter(IFileSystem files, string directory, JournalBodies bodies, RecordIdReader recordIdOf)
{
    /// <summary>What a rewrite would do. Reads the file with its checksums and changes nothing.</summary>
    public JournalRewrite Estimate(int file, FrameFilter keep)
    {
        using var source = OpenSealed(file);
        using var counting = JournalFileWriter.Counting(file, source.PeekSequence());
        return Copy(source, counting, keep, null) with { Moved = [] };
    }

    /// <summary>Rewrites a file, or leaves it as it is when nothing in it can go.</summary>
    /// <param name="file">The number of a sealed file.</param>
    /// <param name="keep">What stays. The creation of the pool always does.</param>
    /// <param name="moved">
    /// Called once the new file is in place, to note where the records are now. Until it returns, <see cref="JournalBodies"/>
    /// reads them at their old places too.
    /// </param>
    /// <param name="replaced">An event of the file that becomes another; null for none.</param>
    /// <exception cref="MemoryEngineException">
    /// The disk failed. When <paramref name="moved"/> was called the new file is in place, though a power loss may still
    /// bring back the old one; otherwise nothing has changed.
    /// </exception>
    public JournalRewrite Rewrite(int file, FrameFilter keep, Action<JournalRewrite> moved, ReplacedFrame? replaced = null)
    {
        var estimate = Estimate(file, keep);
        if (estimate.FramesDropped == 0 && replaced is null) return Unchanged(estimate);
        bodies.Hold(file);
        var done = Replace(file, keep, replaced);
        if (done.FramesDropped == 0) return Unchanged(done);
        moved(done);
        bodies.Forget(file);
        files.SyncDirectory(directory);
        return done;
    }

    private static JournalRewrite Unchanged(JournalRewrite rewrite) => rewrite with { BytesAfter = rewrite.BytesBefore, Moved = [] };

    private JournalRewrite Replace(int file, FrameFilter keep, ReplacedFrame? replaced)
    {
        using var source = OpenSealed(file);
        var header = FileHeader.New(file, source.Header.PoolId, source.Header.CreatedMicroseconds);
        using var target = JournalFileWriter.Create(files, directory, header, source.PeekSequence());
        var done = Copy(source, target, keep, replaced);
        // What could go when it was estimated may be wanted again by now.
        if (done.FramesDropped > 0) target.Place();
        return done;
    }

    private JournalRewrite Copy(JournalFileReader source, JournalFileWriter target, FrameFilter keep, ReplacedFrame? replaced)
    {
        var moved = new List<MovedRecord>();
        var evidence = new Dictionary<long, JournalPosition>();
        var (kept, dropped) = (0L, 0L);
        source.ReadToSeal((in frame) =>
        {
            if (frame.Type == EventType.Dropped)
            {
                target.Drop(frame.Sequence, DroppedEvent.Decode(frame.Payload)!.Value);
                return;
            }
            if (frame.Sequence == replaced?.Sequence)
            {
                target.Append(frame.Sequence, replaced.Type, replaced.Payload.Span);
                dropped++;
                return;
            }
            var recordId = frame.Type == EventType.Remembered ? recordIdOf(frame.Payload) : 0;
            if (frame.Type != EventType.PoolCreated && !keep(frame))
            {
                target.Drop(frame.Sequence, new DroppedEvent(1, recordId, recordId == 0 ? 0 : 1));
                dropped++;
                return;
            }
            var position = target.Append(frame.Sequence, frame.Type, frame.Payload);
            if (recordId != 0) moved.Add(new MovedRecord(recordId, position));
            if (frame.Type.IsEvidence()) evidence.Add(frame.Sequence, position);
            kept++;
        });
        target.Finish(BatchFlags.Sealing);
        return new JournalRewrite(source.Header.Number, source.Length, target.Bytes, kept, dropped, moved) { MovedEvidence = evidence };
    }

    private JournalFileReader OpenSealed(int file)
    {
        if (!files.FileExists(Path.Combine(directory, FileName(file + 1))))
            throw new ArgumentException($"{FileName(file)} is the last file of the journal, which is never rewritten.", nameof(file));
        return JournalFileReader.Open(files, directory, file, lastSequence: null);
    }
}
