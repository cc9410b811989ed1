namespace MemoryEngine;

/// <summary>How abstract a memory is. Stored; values only grow.</summary>
[Stored]
public enum MemoryLevel : byte
{
    /// <summary>What was done, step by step, on one task.</summary>
    Trace = 1,

    /// <summary>How to do a kind of thing.</summary>
    Procedure = 2,

    /// <summary>What was understood, and when it applies.</summary>
    Insight = 3,

    /// <summary>A way of working, whatever the task.</summary>
    Strategy = 4,
}

/// <summary>The shape of a memory's text, as in Memory Transfer Learning (arXiv 2604.14004). Stored; values only grow.</summary>
[Stored]
public enum MemoryFormat : byte
{
    /// <summary>A run's own record: commands, outputs, edits.</summary>
    Trajectory = 1,

    /// <summary>Steps to follow.</summary>
    Workflow = 2,

    /// <summary>What happened and how it ended.</summary>
    Summary = 3,

    /// <summary>A lesson.</summary>
    Insight = 4,
}

/// <summary>How the task that a memory comes from ended. Stored; values only grow.</summary>
[Stored]
public enum TaskResult : byte
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>The task's verifier passed.</summary>
    Pass = 1,

    /// <summary>The task's verifier failed.</summary>
    Fail = 2,
}

/// <summary>Whether a memory may be recalled. Stored; values only grow.</summary>
[Stored]
public enum MemoryState : byte
{
    /// <summary>It may.</summary>
    Active = 1,

    /// <summary>It may, and is watched: there is some evidence that it does harm.</summary>
    Suspect = 2,

    /// <summary>It may not until someone or something restores it: there is reason to think that it does harm, or that it is stale.</summary>
    Quarantined = 3,

    /// <summary>It was forgotten, or removed on evidence, and can be restored.</summary>
    Tombstoned = 4,
}

/// <summary>How two vectors of a space are compared. Stored; values only grow.</summary>
[Stored]
public enum Metric : byte
{
    /// <summary>The cosine of the angle between them; -1 to 1, larger is nearer.</summary>
    Cosine = 1,

    /// <summary>Their inner product; larger is nearer.</summary>
    Dot = 2,

    /// <summary>Their squared Euclidean distance, shown negated so that larger is nearer.</summary>
    L2 = 3,
}

/// <summary>What remembering did. Stored with idempotency keys; values only grow.</summary>
[Stored]
public enum RememberOutcome
{
    /// <summary>The memory is new.</summary>
    Added = 1,

    /// <summary>Its id was known; it has a new version.</summary>
    Revised = 2,

    /// <summary>The same was there already, or the idempotency key had done it before.</summary>
    Unchanged = 3,

    /// <summary>The same had been forgotten and is back.</summary>
    Restored = 4,
}
