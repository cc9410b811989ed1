namespace MemoryEngine.Agents.Interchange;

/// <summary>What is wrong with a line, from where it is noticed to where the line is given up.</summary>
internal sealed class LineProblem(string message) : Exception(message);
