namespace MemoryEngine;

/// <summary>What a check of a pool found.</summary>
/// <param name="Bytes">Bytes read and checked.</param>
/// <param name="Problems">Everything that is not as it was written; empty when all is well.</param>
public sealed record CheckReport(long Bytes, IReadOnlyList<CheckProblem> Problems)
{
    /// <summary>Whether all is well.</summary>
    public bool Ok => Problems.Count == 0;
}

/// <summary>Something that is not as it was written.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Byte offset in it.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Consequence">What that means for the pool.</param>
public sealed record CheckProblem(string File, long Offset, string What, string Consequence);
