using MemoryEngine.Agents.Embedders.Static;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Embedders;

/// <summary>
/// Embeds texts by a table of one vector a token, in this process and without a network: Model2Vec's layout in a local
/// folder, with a WordPiece tokenizer. The table is mapped, not read. Thread-safe.
/// </summary>
/// <remarks>
/// A text without a token that the table knows gets a vector of zeros; a store keeps its memory without a vector. Special
/// tokens such as <c>[SEP]</c> in a text are text.
/// </remarks>
public sealed class StaticEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Tokens of a text that count, unless said otherwise; Model2Vec's own default.</summary>
    public const int DefaultTokens = 512;

    private readonly EmbeddingTable _table;
    private readonly int _mostTokens;

    private StaticEmbeddingGenerator(EmbeddingTable table, string name, int mostTokens)
    {
        (_table, _mostTokens) = (table, mostTokens);
        Identity = new EmbedderIdentity($"model2vec/{name}", table.Revision);
    }

    /// <summary>
    /// What a pool stores. The revision is a fingerprint of the files, so that a folder may be moved, and another table is not
    /// mistaken for this one.
    /// </summary>
    public EmbedderIdentity Identity { get; }

    /// <summary>Floats a vector.</summary>
    public int Dimension => _table.Dimension;

    /// <summary>Opens a folder with <c>model.safetensors</c>, <c>tokenizer.json</c> and <c>config.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What the model is called in the identity.</param>
    /// <param name="mostTokens">Tokens of a text that count.</param>
    /// <exception cref="MemoryEngineException">A file is missing, damaged, or of a kind that is not supported.</exception>
    public static StaticEmbeddingGenerator Open(string folder, string name = "static", int mostTokens = DefaultTokens)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokens, 1);
        return new StaticEmbeddingGenerator(EmbeddingTable.Open(folder), name, mostTokens);
    }

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var made = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            made.Add(new Embedding<float>(_table.Embed(text, _mostTokens)));
        }
        return Task.FromResult(made);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbedderIdentity)) return Identity;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
            return new EmbeddingGeneratorMetadata("model2vec", null, Identity.Id["model2vec/".Length..], Dimension);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
