namespace MemoryEngine.Agents.Chat;

/// <summary>An endpoint of a language model cannot be reached, refuses, or answers with something unusable. No message holds the key.</summary>
public sealed class ChatEndpointException : Exception
{
    /// <summary>Says what happened.</summary>
    public ChatEndpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
