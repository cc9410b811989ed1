namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>Says what is wrong with a file of a model, and where.</summary>
internal static class BadModel
{
    public static MemoryEngineException File(string path, string what, Exception? inner = null) =>
        new(ErrorCode.Embedder, $"{path} {what}. A model is a folder with model.safetensors, tokenizer.json and config.json, whole.", inner);
}
