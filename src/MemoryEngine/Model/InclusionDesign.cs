namespace MemoryEngine;

/// <summary>Whether chance decides if a memory is handed over, so that its effect can be measured. Stored; values only grow.</summary>
[Stored]
public enum InclusionDesign : byte
{
    /// <summary>It does not: the best are handed over.</summary>
    Off = 0,

    /// <summary>Each of the k best is withheld with a small probability, and not replaced.</summary>
    Withhold = 1,

    /// <summary>Each of the 2k best is handed over with probability ½, so k of them on average: for evaluation runs, it learns fastest.</summary>
    Factorial = 2,
}
