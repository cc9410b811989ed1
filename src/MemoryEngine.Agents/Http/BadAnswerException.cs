namespace MemoryEngine.Agents.Http;

/// <summary>An answer is not what the interface promises; the message goes on from "which".</summary>
internal sealed class BadAnswerException(string message) : Exception(message);
