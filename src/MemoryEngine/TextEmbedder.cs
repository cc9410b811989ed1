using Microsoft.Extensions.AI;

namespace MemoryEngine;

/// <summary>
/// Where the vectors of texts come from: the built-in embedder (made again whenever needed, never stored), a
/// generator that the caller brought (stored), or nowhere.
/// </summary>
internal sealed class TextEmbedder(MemoryStoreOptions options, Pool pool)
{
    private readonly IEmbeddingGenerator<string, Embedding<float>>? _generator = options.LexicalOnly ? null : options.Embedder;

    /// <summary>Whether memories are embedded by the caller's generator.</summary>
    public bool CallsGenerator => _generator is not null;

    /// <summary>The identity of a caller's generator.</summary>
    public static string IdentityOf(MemoryStoreOptions options)
    {
        if (options.EmbedderId is { } id) return id;
        var metadata = options.Embedder!.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        return metadata is { DefaultModelId: { } model } ? $"{metadata.ProviderName ?? "unknown"}/{model}"
            : options.Embedder.GetType().FullName!;
    }

    /// <summary>The vectors to store with memories: null for each that needs none.</summary>
    public async ValueTask<ReadOnlyMemory<float>?[]> EmbedMemoriesAsync(
        IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellation)
    {
        var made = new ReadOnlyMemory<float>?[drafts.Count];
        if (_generator is null) return made;
        var wanted = Enumerable.Range(0, drafts.Count).Where(i => !drafts[i].Vectors.ContainsKey(VectorSpace.TextSpace)).ToList();
        if (wanted.Count == 0) return made;
        var texts = wanted.ConvertAll(i => string.Join('\n', new[] { drafts[i].Title, drafts[i].Key, drafts[i].Text }.OfType<string>()));
        var vectors = await EmbedAsync(texts, cancellation).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++) made[wanted[i]] = vectors[i];
        return made;
    }

    /// <summary>Whether a query text can be embedded without waiting.</summary>
    public bool IsBuiltIn => pool.Table.Spaces.DerivedSpace >= 0 && !options.LexicalOnly;

    /// <summary>The vector of a query text by the caller's generator, or null when there is none.</summary>
    public async ValueTask<ReadOnlyMemory<float>?> EmbedQueryAsync(string text, CancellationToken cancellation)
    {
        // Without a text space there is nothing to compare with, and asking changes no pool.
        if (_generator is null || pool.Table.Spaces.Find(VectorSpace.TextSpace) is null) return null;
        return (await EmbedAsync([text], cancellation).ConfigureAwait(false))[0];
    }

    private async Task<ReadOnlyMemory<float>[]> EmbedAsync(List<string> texts, CancellationToken cancellation)
    {
        GeneratedEmbeddings<Embedding<float>> answer;
        try
        {
            answer = await _generator!.GenerateAsync(texts, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new MemoryEngineException(
                ErrorCode.Embedder, $"The embedder {IdentityOf(options)} failed on {texts.Count} texts: {e.Message} Nothing was stored for them.", e);
        }
        if (answer.Count != texts.Count) throw Unusable($"{answer.Count} vectors for {texts.Count} texts");
        var vectors = answer.Select(v => v.Vector).ToArray();
        var known = pool.Table.Spaces.Find(VectorSpace.TextSpace)?.Space;
        // An embedder's dimension is known for certain once it has answered.
        var space = known ?? new VectorSpace(
            VectorSpace.TextSpace, vectors[0].Length, Metric.Cosine, IdentityOf(options), options.EmbedderRevision);
        try
        {
            SpaceRules.Check(space);
            foreach (var vector in vectors) DraftRules.CheckVector(space, vector.Span, stored: true);
        }
        catch (ArgumentException e)
        {
            throw Unusable(e.Message);
        }
        // Declared for good, so only by an answer that can be stored.
        if (known is null) await pool.CommitAsync(new PendingSpace(pool, space), cancellation).ConfigureAwait(false);
        return vectors;
    }

    private MemoryEngineException Unusable(string what) => new(
        ErrorCode.Embedder, $"The embedder {IdentityOf(options)} answered with something unusable: {what}. Nothing was stored for it.");
}
