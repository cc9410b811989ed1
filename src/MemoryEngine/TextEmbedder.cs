using Microsoft.Extensions.AI;

namespace MemoryEngine;

/// <summary>The vector of one text, or a sentence that says why there is none; neither where none is wanted.</summary>
internal readonly record struct MadeVector(ReadOnlyMemory<float>? Vector, string? Note = null);

/// <summary>
/// Where the vectors of texts come from: the built-in embedder (made again whenever needed, never stored), a
/// generator that the caller brought (stored), or nowhere. A generator that fails costs the vectors and nothing else:
/// what is remembered is remembered, and found by its words.
/// </summary>
internal sealed class TextEmbedder(MemoryStoreOptions options, Pool pool)
{
    private readonly EmbeddingGenerationOptions _forDocuments = For(EmbeddingPurpose.Document);
    private readonly EmbeddingGenerationOptions _forQueries = For(EmbeddingPurpose.Query);

    private readonly IEmbeddingGenerator<string, Embedding<float>>? _generator = options.LexicalOnly ? null : options.Embedder;
    private readonly EmbedderBreaker _breaker = new(options.Clock);

    /// <summary>Whether memories are embedded by the caller's generator.</summary>
    public bool CallsGenerator => _generator is not null;

    /// <summary>Why the caller's generator is not asked, or null while all is well.</summary>
    public string? Problem => _breaker.Problem;

    /// <summary>The identity of a caller's generator: as the options say, or as it says itself.</summary>
    public static EmbedderIdentity IdentityOf(MemoryStoreOptions options)
    {
        var own = options.Embedder!.GetService(typeof(EmbedderIdentity)) as EmbedderIdentity ?? new EmbedderIdentity(NameOf(options.Embedder));
        return new EmbedderIdentity(
            options.EmbedderId ?? own.Id, options.EmbedderRevision.Length > 0 ? options.EmbedderRevision : own.Revision);
    }

    /// <summary>The vectors to store with memories.</summary>
    public async ValueTask<MadeVector[]> EmbedMemoriesAsync(IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellation)
    {
        var made = new MadeVector[drafts.Count];
        if (_generator is null) return made;
        var wanted = Enumerable.Range(0, drafts.Count).Where(i => !drafts[i].Vectors.ContainsKey(VectorSpace.TextSpace)).ToList();
        if (wanted.Count == 0) return made;
        var texts = wanted.ConvertAll(i => string.Join('\n', new[] { drafts[i].Title, drafts[i].Key, drafts[i].Text }.OfType<string>()));
        var vectors = await EmbedAsync(texts, _forDocuments, cancellation).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++) made[wanted[i]] = vectors[i];
        return made;
    }

    /// <summary>Whether a query text can be embedded without waiting.</summary>
    public bool IsBuiltIn => pool.Table.Spaces.DerivedSpace >= 0 && !options.LexicalOnly;

    /// <summary>The vector of a query text by the caller's generator.</summary>
    public async ValueTask<MadeVector> EmbedQueryAsync(string text, CancellationToken cancellation)
    {
        if (_generator is null) return default;
        // Without a text space there is nothing to compare with, and asking changes no pool.
        if (pool.Table.Spaces.Find(VectorSpace.TextSpace) is null) return new MadeVector(null, Problem);
        return (await EmbedAsync([text], _forQueries, cancellation).ConfigureAwait(false))[0];
    }

    private async Task<MadeVector[]> EmbedAsync(List<string> texts, EmbeddingGenerationOptions purpose, CancellationToken cancellation)
    {
        if (!_breaker.TryEnter(out var turn, out var why)) return Without(texts, why!);
        try
        {
            var made = await AskAsync(texts, purpose, cancellation).ConfigureAwait(false);
            _breaker.Succeed(turn);
            return made;
        }
        catch (EmbedderFailure e)
        {
            _breaker.Fail(turn, e.Message);
            return Without(texts, e.Message);
        }
        catch
        {
            _breaker.Abandon(turn);
            throw;
        }
    }

    private async Task<MadeVector[]> AskAsync(List<string> texts, EmbeddingGenerationOptions purpose, CancellationToken cancellation)
    {
        GeneratedEmbeddings<Embedding<float>> answer;
        try
        {
            answer = await _generator!.GenerateAsync(texts, purpose, cancellation).ConfigureAwait(false);
        }
        catch (ArgumentException e) when (texts.Count == 1)
        {
            return Without(texts, $"The embedder {IdentityOf(options).Id} refused the text: {Sentence(e)}");
        }
        catch (ArgumentException)
        {
            return await AskOneByOneAsync(texts, purpose, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw new EmbedderFailure($"The embedder {IdentityOf(options).Id} failed: {Sentence(e)}", e);
        }
        return await TakeAsync(texts, answer, cancellation).ConfigureAwait(false);
    }

    // One text that is refused, because it is too long, say, costs the others nothing. That all are refused is no matter of
    // the texts.
    private async Task<MadeVector[]> AskOneByOneAsync(
        List<string> texts, EmbeddingGenerationOptions purpose, CancellationToken cancellation)
    {
        var made = new MadeVector[texts.Count];
        for (var i = 0; i < made.Length; i++)
            made[i] = (await AskAsync([texts[i]], purpose, cancellation).ConfigureAwait(false))[0];
        if (Array.TrueForAll(made, m => m.Vector is null)) throw new EmbedderFailure(made[0].Note!);
        return made;
    }

    private async Task<MadeVector[]> TakeAsync(
        List<string> texts, GeneratedEmbeddings<Embedding<float>> answer, CancellationToken cancellation)
    {
        if (answer is null || answer.Any(v => v is null)) throw Unusable("null in place of vectors.");
        if (answer.Count != texts.Count) throw Unusable($"{answer.Count} vectors for {texts.Count} texts.");
        var vectors = answer.Select(v => v.Vector).ToArray();
        var known = pool.Table.Spaces.Find(VectorSpace.TextSpace)?.Space;
        var identity = IdentityOf(options);
        // An embedder's dimension is known for certain once it has answered.
        var space = known ?? new VectorSpace(VectorSpace.TextSpace, vectors[0].Length, Metric.Cosine, identity.Id, identity.Revision);
        var made = new MadeVector[vectors.Length];
        try
        {
            SpaceRules.Check(space);
            for (var i = 0; i < made.Length; i++)
            {
                var vector = vectors[i];
                var hasDirection = vector.Length != space.Dimension || vector.Span.ContainsAnyExcept(0f) || space.Metric != Metric.Cosine;
                // Of a text without a word that it knows a table of words has nothing to say; it is in order all the same.
                if (!hasDirection) made[i] = new MadeVector(null, $"The embedder {identity.Id} made a vector without a direction of the text.");
                else made[i] = new MadeVector(vector);
                if (hasDirection) DraftRules.CheckVector(space, vector.Span, stored: true);
            }
        }
        catch (ArgumentException e)
        {
            throw Unusable(e.Message);
        }
        if (known is null && Array.Exists(made, m => m.Vector is not null)) await DeclareAsync(space, cancellation).ConfigureAwait(false);
        return made;
    }

    // Declared for good, so only by an answer that can be stored.
    private async Task DeclareAsync(VectorSpace space, CancellationToken cancellation)
    {
        try
        {
            await pool.CommitAsync(new PendingSpace(pool, space), cancellation).ConfigureAwait(false);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.EmbedderMismatch)
        {
            // Another first answer, of another dimension, came before this one.
            throw Unusable(e.Message);
        }
    }

    private static MadeVector[] Without(List<string> texts, string why)
    {
        var made = new MadeVector[texts.Count];
        Array.Fill(made, new MadeVector(null, why));
        return made;
    }

    private EmbedderFailure Unusable(string what) =>
        new($"The embedder {IdentityOf(options).Id} answered with something unusable: {what}");

    private static string Sentence(Exception e) => $"{e.Message.Split(" (Parameter '")[0].TrimEnd('.', ' ')}.";

    private static string NameOf(IEmbeddingGenerator generator) =>
        generator.GetService(typeof(EmbeddingGeneratorMetadata)) is EmbeddingGeneratorMetadata { DefaultModelId: { } model } metadata
            ? $"{metadata.ProviderName ?? "unknown"}/{model}"
            : generator.GetType().FullName!;

    private static EmbeddingGenerationOptions For(string purpose) =>
        new() { AdditionalProperties = new AdditionalPropertiesDictionary { [EmbeddingPurpose.Key] = purpose } };

    /// <summary>The embedder is down, or not what it should be. Leads to a memory without a vector, never out of here.</summary>
    private sealed class EmbedderFailure(string message, Exception? inner = null) : Exception(message, inner);
}
