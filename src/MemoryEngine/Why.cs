using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Why: a transfer, what came of it, and what is known of the memories it was about.</summary>
internal sealed class Why(Pool pool)
{
    /// <exception cref="MemoryEngineException">There is no such transfer, or it was lost, or its candidates are no longer kept.</exception>
    public async Task<TransferStory> RunAsync(Guid id, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        // A recall that was just answered is still in the queue: what stands before this in the queue is applied.
        var place = await pool.LookAsync(() => Find(id), cancellation).ConfigureAwait(false);
        var transfer = TransferEvent.Decode(Read(() => pool.Evidence.Index.Find(id)?.Position ?? place.Position, place.Sequence))!;
        OutcomeEvent? told = null;
        if (place.OutcomeSequence > 0)
            told = OutcomeEvent.Decode(Read(() => pool.Evidence.Index.Find(id)?.OutcomePosition ?? place.OutcomePosition, place.OutcomeSequence));
        var effects = await pool.LookAsync(
            () => transfer.Candidates.Where(c => c.Fate != CandidateFate.LeftOut).Select(c => pool.Evidence.FiguresOf(c.Memory, c.Version)).ToList(),
            cancellation).ConfigureAwait(false);
        return new TransferStory { Transfer = transfer, Outcome = told?.Outcome, ReportedAt = told?.At, Effects = effects };
    }

    private TransferPlace Find(Guid id)
    {
        if (pool.Evidence.Index.Find(id) is { } place) return place;
        if (!pool.Evidence.State.Open.Contains(id)) TransferRules.EnsureOld(pool, id);
        throw NotFound.OldTransfer(id);
    }

    private byte[] Read(Func<JournalPosition> where, long sequence) => pool.Bodies.Read(where, sequence);
}
