namespace MemoryEngine.Tests.Reliability;

/// <summary>What can be done to a pool that changes its files.</summary>
internal enum Verb
{
    Remember,
    Revise,
    Forget,
    Restore,
    Snapshot,
    Drop,
    RollBack,

    /// <summary>Closing, which takes a checkpoint, and opening again.</summary>
    Checkpoint,
    Compact,
    Backup,
    Purge,
}
