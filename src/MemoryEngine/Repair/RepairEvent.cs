using MemoryEngine.Journal;

namespace MemoryEngine.Repair;

/// <summary>An event of the journal to be: its place in the order, and where its bytes are.</summary>
/// <param name="Sequence">Its sequence, or the first of those that it stands for.</param>
/// <param name="Sequences">How many it stands for.</param>
/// <param name="Type">What it is.</param>
/// <param name="Source">The index of a journal file, or one of the constants.</param>
/// <param name="Place">The offset in the file, the id of the record, or the index of what was made.</param>
/// <param name="PayloadBytes">The length of its payload in a journal file.</param>
internal readonly record struct RepairEvent(
    long Sequence, int Sequences, EventType Type, int Source, long Place, int PayloadBytes)
{
    /// <summary>It is a version whose bytes the record log kept.</summary>
    public const int FromRecordLog = -1;

    /// <summary>It was made anew, of what other events say.</summary>
    public const int Made = -2;

    public long Last => Sequence + Sequences - 1;

    public bool IsOriginal => Source != Made;
}
