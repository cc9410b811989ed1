using MemoryEngine.Evidence.Design;

namespace MemoryEngine;

/// <summary>
/// Makes the ids of transfers and queues their records, for recalls on any thread. It waits for nothing: not for the device, and not
/// for a place in the queue.
/// </summary>
internal sealed class TransferRecorder(Pool pool)
{
    private long _ticket;

    /// <summary>How chance takes part in a recall that will be recorded; null where nothing is left to chance.</summary>
    public RecallExperiment? ExperimentOf(RecallQuery query, Verifying verifying, Segments.PoolView seen)
    {
        var experiment = query.Experiment ?? pool.Options.Experiment;
        if (experiment is null || (experiment.MinTasks > 0 && verifying.CountSourceTasks(seen) < experiment.MinTasks)) return null;
        return experiment is { Design: InclusionDesign.Off, HoldOutShare: 0 } ? null : experiment;
    }

    /// <summary>A new id: the sequence in it is at least that of the newest event, and no other id of this process has it.</summary>
    public Guid NewId(uint seed)
    {
        var newest = pool.Table.Current.View.Last;
        long before, next;
        do
        {
            before = Volatile.Read(ref _ticket);
            next = Math.Max(before, newest) + 1;
        }
        while (Interlocked.CompareExchange(ref _ticket, next, before) != before);
        return pool.Tokens.Make(next, seed);
    }

    /// <summary>Queues a transfer's record; its id, or null when there is no room for it.</summary>
    public Guid? TryRecord(Transfer transfer) => pool.TryQueue(new PendingTransfer(pool, transfer)) ? transfer.Id : null;

    /// <summary>Refuses an experiment that cannot be.</summary>
    public static void Check(RecallExperiment? experiment)
    {
        if (experiment is null) return;
        if (!Enum.IsDefined(experiment.Design)) throw new ArgumentException($"There is no design {experiment.Design}.", nameof(experiment));
        if (experiment.Withhold is not (> 0 and < 1) || experiment.WithholdWatched is not (> 0 and < 1))
            throw new ArgumentException("The probabilities of withholding a memory are above 0 and below 1.", nameof(experiment));
        if (experiment.HoldOutShare is not (>= 0 and < 1))
            throw new ArgumentException($"The share of recalls held out is {experiment.HoldOutShare}; it is from 0 to below 1.", nameof(experiment));
        ArgumentOutOfRangeException.ThrowIfNegative(experiment.MinTasks, nameof(experiment));
    }

    /// <summary>The design's numbers for a recall of k memories.</summary>
    public static InclusionOptions OptionsOf(RecallExperiment? experiment, int k) => experiment is null
        ? new InclusionOptions(InclusionDesign.Off, k)
        : new InclusionOptions(experiment.Design, k, experiment.Withhold, experiment.WithholdWatched);
}
