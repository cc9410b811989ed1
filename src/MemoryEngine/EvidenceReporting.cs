using MemoryEngine.Evidence.Cleaning;
using MemoryEngine.Evidence.Reporting;
using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>The report of the evidence: its sums at one moment, and what only the transfers themselves tell, read from the journal.</summary>
internal sealed class EvidenceReporting(Pool pool)
{
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public async Task<EvidenceReport> RunAsync(EvidenceQuery query, CancellationToken cancellation)
    {
        Check(query);
        pool.ThrowIfDisposed();
        var now = pool.Options.Clock.GetUtcNow();
        // What was just recalled and told is applied before this in the queue.
        var answered = await pool.LookAsync(pool.Evidence.Index.Answered, cancellation).ConfigureAwait(false);
        var (active, modes) = await Task.Run(
            () => (ActiveMemories.Of(pool).ToList(), Tally(answered, now - TraceUpkeep.Window, cancellation)), cancellation).ConfigureAwait(false);
        return await pool.LookAsync(() => Make(query, active, modes, now), cancellation).ConfigureAwait(false);
    }

    private static void Check(EvidenceQuery query)
    {
        if (query.Memories is < 0 or > EvidenceQuery.MostMemories)
        {
            throw new ArgumentException(
                $"{query.Memories} memories cannot be listed; a report has 0 to {EvidenceQuery.MostMemories}.", nameof(query));
        }
        if (query.PassValue is { } value && !(double.IsFinite(value) && value >= 0))
            throw new ArgumentException($"A passed task is worth {value}; its worth is a number from 0 on.", nameof(query));
        if (query.Upkeep is { } upkeep && !(double.IsFinite(upkeep) && upkeep > 0))
            throw new ArgumentException($"Memory costs {upkeep} a run; the cost is a number above 0.", nameof(query));
    }

    private EvidenceReport Make(EvidenceQuery query, List<ActiveMemory> active, ModeTally modes, DateTimeOffset now)
    {
        var measures = new PoolMeasures(pool.Evidence.State, active, now, TraceUpkeep.Window, TraceUpkeep.Grace);
        return new EvidenceReporter(pool.Evidence.State, measures, modes, query).Make(
            now, TraceUpkeep.Window, pool.Evidence.WatchDecisions(), key => pool.Evidence.FiguresOf(key.Memory, key.Version));
    }

    private ModeTally Tally(IReadOnlyList<Guid> answered, DateTimeOffset since, CancellationToken cancellation)
    {
        var tally = new ModeTally(since, pool.Options.EvidenceLimits.TaskRuns);
        foreach (var id in answered)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Read(id) is var (transfer, outcome)) tally.Add(transfer, outcome);
        }
        return tally;
    }

    private (Transfer Transfer, Outcome Outcome)? Read(Guid id)
    {
        if (pool.Evidence.Index.Find(id) is not { } place) return null;
        try
        {
            var transfer = pool.Bodies.Read(() => pool.Evidence.Index.Find(id)?.Position ?? place.Position, place.Sequence);
            var outcome = pool.Bodies.Read(() => pool.Evidence.Index.Find(id)?.OutcomePosition ?? place.OutcomePosition, place.OutcomeSequence);
            return (TransferEvent.Decode(transfer)!, OutcomeEvent.Decode(outcome)!.Outcome);
        }
        catch (CorruptionException) when (pool.Evidence.Index.Find(id) is null)
        {
            // A compaction has folded it meanwhile: it is in the sums, and kept no more.
            return null;
        }
    }
}
