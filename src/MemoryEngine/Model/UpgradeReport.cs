namespace MemoryEngine;

/// <summary>What an upgrade did.</summary>
/// <param name="From">The oldest journal format that was found.</param>
/// <param name="To">The journal format that every file has now.</param>
/// <param name="Files">Journal files that were written anew; none when the pool was of the newest format already.</param>
/// <param name="Notes">What else was found and done, a sentence each.</param>
public sealed record UpgradeReport(int From, int To, int Files, IReadOnlyList<string> Notes)
{
    /// <summary>Whether anything was to be done.</summary>
    public bool Changed => Files > 0;
}
