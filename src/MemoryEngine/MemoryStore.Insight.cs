namespace MemoryEngine;

/// <content>What tests and benchmarks look at beside what everybody may.</content>
public sealed partial class MemoryStore
{
    /// <summary>Completes when every block of the segments has been checked; for tests.</summary>
    internal Task WhenScrubbed => _pool.WhenScrubbed;

    /// <summary>Completes when the cleanup that outcomes have started is done; for tests.</summary>
    internal Task WhenCleaned => _pool.Cleaning;

    /// <summary>Looks at the evidence between two writes, with all that was recalled before in it; for tests.</summary>
    internal Task<T> LookAtEvidenceAsync<T>(Func<Evidence.State.EvidenceState, T> look) =>
        _pool.LookAsync(() => look(_pool.Evidence.State), CancellationToken.None).AsTask();

    /// <summary>Whether opening compacted the pool, since something in a file was still to be removed.</summary>
    internal bool CompactedAtOpening => _pool.WasRemovalPending;

    /// <summary>How long the parts of the opening took.</summary>
    internal Snapshots.OpeningTimes Opening => _pool.Opening;
}
