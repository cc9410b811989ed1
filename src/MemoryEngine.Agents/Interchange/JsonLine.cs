namespace MemoryEngine.Agents.Interchange;

/// <summary>One line of a file of memories: the memory, or what is wrong with the line.</summary>
/// <param name="Number">The line's number in the file, from 1; blank lines count.</param>
/// <param name="Draft">The memory; null when the line is bad.</param>
/// <param name="Error">What is wrong, as a sentence; null when the line is good.</param>
public readonly record struct JsonLine(long Number, MemoryDraft? Draft, string? Error);
