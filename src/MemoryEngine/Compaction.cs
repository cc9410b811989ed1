using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Gives space back, and removes what was purged from every file. Journal files are rewritten without what nobody can see
/// any more, the record log is compacted, and a checkpoint that needs nothing older makes it final. Readers and writers go
/// on. It may be interrupted at any point: what it has done stays done, and the rest is done the next time.
/// </summary>
internal sealed class Compaction(Pool pool, CompactOptions options)
{
    /// <summary>A file is rewritten for the sake of space when this share of it would go.</summary>
    private const double WorthRewriting = 0.25;

    /// <summary>The record log is compacted for the sake of space when this share of it is dead, and this many bytes.</summary>
    private const double WorthCompacting = 0.25;

    // Whole files are what goes.
    private const long LeastDeadBytes = LogSegments.SegmentBytes;

    private readonly JournalRewriter _rewriter = new(pool.Options.Files, pool.Paths.Journal, pool.Bodies, RecordIdOf);
    private EvidenceFolding? _folding;
    private long _eventsDropped;
    private long _versionsDropped;

    // Whether the file in hand has vectors of what was erased: they say what it was about.
    private bool _meetsErased;

    public async Task<CompactResult> RunAsync(CancellationToken cancellation)
    {
        using var turn = await pool.Maintenance.TakeAsync(cancellation).ConfigureAwait(false);
        var (journalBytes, recordBytes) = (pool.JournalBytes, pool.Records!.Stats().FileBytes);
        // Whatever is purged from here on is for the next one to remove.
        var removal = pool.Removal;
        // What was purged leaves the journal last: its records there are what tells an opening that the rest is not done.
        if (removal.IsPending) await CompactRecordsAsync(isPurge: true, turn.Cancellation).ConfigureAwait(false);
        var files = await pool.StepAsync(SealJournal, turn.Cancellation).ConfigureAwait(false);
        _folding = new EvidenceFolding(pool, _rewriter);
        _eventsDropped += await _folding.RunAsync(files, turn.Cancellation).ConfigureAwait(false);
        for (var file = 1; file <= files; file++)
        {
            turn.Cancellation.ThrowIfCancellationRequested();
            await RewriteAsync(file, turn.Cancellation).ConfigureAwait(false);
        }
        await CompactRecordsAsync(isPurge: false, turn.Cancellation).ConfigureAwait(false);
        if (_eventsDropped > 0 || removal.IsPending)
            _ = await pool.StepAsync(() => pool.FinishRemoval(removal), turn.Cancellation).ConfigureAwait(false);
        return new CompactResult(
            journalBytes, pool.JournalBytes, recordBytes, pool.Records.Stats().FileBytes, _versionsDropped, _eventsDropped);
    }

    private static long RecordIdOf(ReadOnlySpan<byte> remembered) =>
        RecordReader.TryOpen(remembered, out var record, out _) ? record.Place.RecordId : 0;

    // Returns the number of the last sealed file.
    private int SealJournal()
    {
        pool.Journal.Seal();
        return pool.Journal.ActiveFile - 1;
    }

    private async Task RewriteAsync(int file, CancellationToken cancellation)
    {
        var reachable = new Reachability(pool, options);
        var doomed = new HashSet<long>();
        _meetsErased = false;
        var estimate = _rewriter.Estimate(file, (in frame) => Stays(frame, reachable, doomed));
        var mustGo = _meetsErased || pool.Table.HoldsErased(doomed);
        if (estimate.FramesDropped == 0 || (!mustGo && estimate.DeadBytes < WorthRewriting * estimate.BytesBefore)) return;
        _versionsDropped += await pool.StepAsync(() => GiveUp(doomed), cancellation).ConfigureAwait(false);
        var done = _rewriter.Rewrite(file, (in frame) => Stays(frame, null, doomed), pool.NoteRewrite);
        _eventsDropped += done.FramesDropped;
    }

    /// <summary>Whether a frame stays; the records of those that do not are added to <paramref name="doomed"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="reachable">Decides about records; null once they are given up, when those that hold nothing go.</param>
    /// <param name="doomed">The records that go.</param>
    private bool Stays(in JournalFrame frame, Reachability? reachable, HashSet<long> doomed)
    {
        switch (frame.Type)
        {
            case EventType.Remembered:
                var recordId = RecordIdOf(frame.Payload);
                var isErased = pool.Table.Rows[(int)recordId - 1].IsErased;
                if (reachable is null) return !isErased;
                if (!isErased && (reachable.IsWanted((int)recordId - 1) || HoldsKey(frame.Payload))) return true;
                doomed.Add(recordId);
                return false;
            case EventType.Forgotten or EventType.Restored:
                var life = LifeEvent.Decode(frame.Payload)!.Value;
                return !pool.Table.Rows[(int)life.RecordId - 1].IsErased && !(reachable is not null && doomed.Contains(life.RecordId));
            case EventType.VectorAdded:
                var of = VectorAddedEvent.RecordIdOf(frame.Payload);
                var isGone = pool.Table.Rows[(int)of - 1].IsErased;
                _meetsErased |= isGone;
                return !isGone && !(reachable is not null && doomed.Contains(of))
                    && !pool.Table.Spaces[VectorAddedEvent.SpaceOf(frame.Payload)].IsDropped;
            case EventType.Answered:
                return pool.Answers.IsKept(IdempotentAnswer.Decode(frame.Payload)!.CreatedMicroseconds, pool.NowMicroseconds);
            case EventType.Transferred or EventType.OutcomeReported or EventType.EvidenceFolded:
                return _folding!.Stays(frame);
            default:
                return true;
        }
    }

    // An idempotency key answers for its time, whatever becomes of the memory; the record is what carries it.
    private bool HoldsKey(ReadOnlySpan<byte> payload)
    {
        _ = RecordReader.TryOpen(payload, out var record, out _);
        if (!pool.Answers.IsKept(record.Place.CreatedMicroseconds, pool.NowMicroseconds)) return false;
        foreach (var field in record)
            if (field.Field == RecordField.IdempotencyKey) return true;
        return false;
    }

    // Looked at again where nobody writes: a record may have been wanted again since.
    private long GiveUp(HashSet<long> doomed)
    {
        var (reachable, given) = (new Reachability(pool, options), 0L);
        foreach (var recordId in doomed)
        {
            var row = (int)recordId - 1;
            if (pool.Table.Rows[row].IsErased || reachable.IsWanted(row)) continue;
            pool.Erase(row);
            given++;
        }
        return given;
    }

    private async Task CompactRecordsAsync(bool isPurge, CancellationToken cancellation)
    {
        var records = pool.Records!;
        var dead = records.DeadBytes;
        if (!isPurge && (dead < LeastDeadBytes || dead < WorthCompacting * records.Stats().FileBytes)) return;
        var until = await pool.StepAsync(records.BeginCompaction, cancellation).ConfigureAwait(false);
        while (!await pool.StepAsync(() => records.CompactStep(until), cancellation).ConfigureAwait(false))
            cancellation.ThrowIfCancellationRequested();
        _ = await pool.StepAsync(() => pool.TakeCheckpoint(standsAlone: true), cancellation).ConfigureAwait(false);
    }
}
