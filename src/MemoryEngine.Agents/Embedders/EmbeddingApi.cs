namespace MemoryEngine.Agents.Embedders;

/// <summary>What an endpoint of embeddings speaks.</summary>
public enum EmbeddingApi
{
    /// <summary><c>POST /v1/embeddings</c>, as OpenAI defined it and vLLM, llama.cpp, LM Studio, LocalAI and many services speak it.</summary>
    OpenAI,

    /// <summary><c>POST /api/embed</c> of Ollama.</summary>
    Ollama,
}
