namespace MemoryEngine;

/// <summary>
/// How a transferred memory misled its reader: the classes of Memory Transfer Learning (arXiv 2604.14004). A tag that whoever
/// judges an outcome may give. Stored; values only grow.
/// </summary>
[Stored]
public enum FailureClass : byte
{
    /// <summary>Not stated, or none of these.</summary>
    None = 0,

    /// <summary>The reader held on to what is true in the memory's domain and not in the task's.</summary>
    DomainMismatchedAnchoring = 1,

    /// <summary>The reader took a check that the memory recommends for proof that the work is right.</summary>
    FalseValidationConfidence = 2,

    /// <summary>The practice is sound, and was applied where it does not fit.</summary>
    MisappliedPractice = 3,
}
