using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>
/// Folds transfers and outcomes past their retention into one event that holds what all evidence up to it adds up to, to the last digit.
/// It stands in the place of the newest of them, so a journal that is read in order needs nothing before it; of what is before, only
/// transfers stay whose outcome came later. The file with the folded event is rewritten first: whatever a crash leaves, nothing is missing.
/// </summary>
internal sealed class EvidenceFolding(Pool pool, JournalRewriter rewriter)
{
    // When the newest outcome of each transfer was told, of those in sealed files.
    private readonly Dictionary<Guid, long> _outcomes = [];

    /// <summary>Everything up to it is folded, or is about to be by the rewrite under way; 0 for nothing.</summary>
    private long Through { get; set; } = pool.Evidence.FoldedThrough;

    /// <summary>Looks at the sealed files, and folds what is past its retention.</summary>
    /// <param name="files">The number of the last sealed file.</param>
    /// <param name="cancellation">Stops it before the file with the folded event is rewritten.</param>
    /// <returns>Events that are gone from the file that was rewritten.</returns>
    public async Task<long> RunAsync(int files, CancellationToken cancellation)
    {
        var old = Collect(files, cancellation);
        var last = await pool.StepAsync(() => Choose(old), cancellation).ConfigureAwait(false);
        if (last is null)
        {
            // What an earlier run had no time for is dropped now.
            if (Through > 0) _ = await pool.StepAsync(LetGo, cancellation).ConfigureAwait(false);
            return 0;
        }
        var state = FoldThrough(last.Value.Sequence, last.Value.File, cancellation);
        var payload = EvidenceSnapshot.Write(state);
        if (payload.Length > JournalFormat.MaxPayloadBytes)
        {
            pool.Note(
                $"The sums of the evidence take {payload.Length} bytes, more than one event may have, so transfers past their retention stay.");
            return 0;
        }
        if (!await pool.StepAsync(() => TryLetGo(last.Value), cancellation).ConfigureAwait(false)) return 0;
        var folded = new ReplacedFrame(last.Value.Sequence, EventType.EvidenceFolded, payload);
        var dropped = rewriter.Rewrite(last.Value.File, Stays, pool.NoteRewrite, folded).FramesDropped;
        // Not before the folded event is on the device: without it, what it stands for must stay in every file.
        return await pool.StepAsync(() => NoteFolded(dropped), cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether an event of evidence stays.</summary>
    public bool Stays(in JournalFrame frame) => frame.Type switch
    {
        EventType.Transferred when frame.Sequence < Through => IsAnsweredLater(TransferEvent.IdOf(frame.Payload)),
        EventType.OutcomeReported or EventType.EvidenceFolded => frame.Sequence >= Through,
        _ => true,
    };

    private bool IsAnsweredLater(Guid transfer) =>
        _outcomes.GetValueOrDefault(transfer) > Through || pool.Evidence.Index.Find(transfer) is { } place && place.OutcomeSequence > Through;

    // Transfers and outcomes past their retention, in order: they are old, or too many bytes come after them.
    private List<OldEvent> Collect(int files, CancellationToken cancellation)
    {
        var all = new List<OldEvent>();
        ReadAll(files, (in frame) =>
        {
            if (frame.Type is not (EventType.Transferred or EventType.OutcomeReported)) return;
            var isOutcome = frame.Type == EventType.OutcomeReported;
            var id = TransferEvent.IdOf(frame.Payload);
            if (isOutcome) _outcomes[id] = frame.Sequence;
            // Both begin with the id and the time.
            var at = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(frame.Payload[16..]);
            all.Add(new OldEvent(frame.Sequence, frame.Position.File, id, isOutcome, at, JournalFormat.FrameBytes(frame.Payload.Length)));
        }, cancellation);
        var (bytes, count) = (all.Sum(e => (long)e.Bytes), 0);
        var oldest = pool.NowMicroseconds - (pool.Options.TransferRetention.Ticks / TimeSpan.TicksPerMicrosecond);
        for (; count < all.Count && (all[count].AtMicroseconds < oldest || bytes > pool.Options.TransferRetentionBytes); count++)
            bytes -= all[count].Bytes;
        return all[..count];
    }

    // The newest that nothing later needs. For the applier.
    private OldEvent? Choose(List<OldEvent> old)
    {
        if (old.Where(e => e.Sequence > Through).Sum(e => (long)e.Bytes) < pool.Options.LeastFoldBytes) return null;
        for (var i = old.Count - 1; i >= 0 && old[i].Sequence > Through; i--)
        {
            if (!IsNeeded(old[i])) return old[i];
        }
        return null;
    }

    // A transfer whose outcome came, which nothing but the transfer tells what it was an outcome of.
    private bool IsNeeded(in OldEvent old) => !old.IsOutcome
        && (_outcomes.ContainsKey(old.Transfer) || pool.Evidence.Index.Find(old.Transfer) is { OutcomeSequence: > 0 });

    private EvidenceState FoldThrough(long last, int file, CancellationToken cancellation)
    {
        // With an index of its own: the pool's has let go of what an earlier fold, which failed, was to stand for.
        var index = pool.Evidence.NewIndex();
        var state = pool.Evidence.NewState(index);
        ReadAll(file, (in frame) =>
        {
            if (frame.Sequence > last) return;
            switch (frame.Type)
            {
                case EventType.EvidenceFolded: state = pool.Evidence.Read(frame.Payload, index)!; break;
                case EventType.Transferred:
                    index.Add(TransferEvent.IdOf(frame.Payload), frame.Sequence, frame.Position);
                    state.Apply(TransferEvent.Decode(frame.Payload)!);
                    break;
                case EventType.OutcomeReported: _ = state.Apply(OutcomeEvent.Decode(frame.Payload)!.Outcome); break;
                case EventType.Decided: state.Apply(DecidedEvent.Decode(frame.Payload)!); break;
            }
        }, cancellation);
        return state;
    }

    // Folding took a while: if what was chosen was answered meanwhile it must not be replaced, and the next run folds. For the applier.
    private bool TryLetGo(in OldEvent last)
    {
        if (IsNeeded(last)) return false;
        Through = last.Sequence;
        return LetGo();
    }

    // From here on nobody can tell what came of those that wait: their candidates go. For the applier.
    private bool LetGo()
    {
        pool.Evidence.LetGo(Through);
        return true;
    }

    // For the applier.
    private long NoteFolded(long dropped)
    {
        pool.Evidence.FoldedThrough = Through;
        return dropped;
    }

    private void ReadAll(int last, JournalVisitor visit, CancellationToken cancellation)
    {
        for (var number = 1; number <= last; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var file = JournalFileReader.Open(pool.Options.Files, pool.Paths.Journal, number, lastSequence: null);
            file.ReadToSeal(visit);
        }
    }

    private readonly record struct OldEvent(long Sequence, int File, Guid Transfer, bool IsOutcome, long AtMicroseconds, int Bytes);
}
