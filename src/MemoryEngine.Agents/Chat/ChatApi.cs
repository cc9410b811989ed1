namespace MemoryEngine.Agents.Chat;

/// <summary>What an endpoint of a language model speaks.</summary>
public enum ChatApi
{
    /// <summary><c>POST /v1/chat/completions</c>, as OpenAI defined it and vLLM, llama.cpp, LM Studio and many services speak it.</summary>
    OpenAI,

    /// <summary><c>POST /api/chat</c> of Ollama.</summary>
    Ollama,
}
