namespace MemoryEngine;

/// <summary>Which memories may reach which task. Stored; values only grow.</summary>
[Stored]
public enum TransferMode : byte
{
    /// <summary>What the advisor recommends; the mode that came of it is recorded with the transfer.</summary>
    Auto = 0,

    /// <summary>Memories of the task's own domain.</summary>
    SingleDomain = 1,

    /// <summary>Abstract memories of other domains.</summary>
    CrossDomain = 2,

    /// <summary>Both.</summary>
    Hybrid = 3,
}

/// <summary>What a recall is for: it sets the mix of levels. Stored; values only grow.</summary>
[Stored]
public enum TransferScenario : byte
{
    /// <summary>By similarity alone.</summary>
    Default = 0,

    /// <summary>One task again: mostly traces.</summary>
    SingleTask = 1,

    /// <summary>A long edit: mostly procedures.</summary>
    LongEdit = 2,

    /// <summary>A task of another domain: mostly insights and strategies.</summary>
    CrossDomain = 3,

    /// <summary>A task of a new kind: strategies and insights only.</summary>
    NewTask = 4,
}
