using Microsoft.Extensions.AI;

namespace MemoryEngine;

/// <summary>The vector of one text, or a sentence that says why there is none; neither where none is wanted.</summary>
internal readonly record struct MadeVector(ReadOnlyMemory<float>? Vector, string? Note = null);

/// <summary>
/// Asks a generator that a caller brought, and looks at its answers: a finite vector of the right dimension for each text, or a
/// sentence that says why there is none.
/// </summary>
internal sealed class EmbedderClient(IEmbeddingGenerator<string, Embedding<float>> generator, EmbedderIdentity identity, TimeProvider clock)
{
    private static readonly EmbeddingGenerationOptions ForDocuments = For(EmbeddingPurpose.Document);
    private static readonly EmbeddingGenerationOptions ForQueries = For(EmbeddingPurpose.Query);

    private readonly EmbedderBreaker _breaker = new(clock);

    public EmbedderIdentity Identity => identity;

    /// <summary>Why it is not asked, or null while all is well.</summary>
    public string? Problem => _breaker.Problem;

    /// <summary>Whether it makes the vectors of a space.</summary>
    public bool Makes(VectorSpace space) => space.EmbedderId == identity.Id && space.EmbedderRevision == identity.Revision;

    /// <summary>The space of vectors that it makes.</summary>
    public VectorSpace SpaceOf(int dimension) =>
        new(VectorSpace.TextSpace, dimension, Metric.Cosine, identity.Id, identity.Revision);

    /// <summary>The identity of a generator: as it is called by options, or as it says itself.</summary>
    public static EmbedderIdentity IdentityOf(IEmbeddingGenerator<string, Embedding<float>> generator, string? id, string revision)
    {
        var own = generator.GetService(typeof(EmbedderIdentity)) as EmbedderIdentity ?? new EmbedderIdentity(NameOf(generator));
        return new EmbedderIdentity(id ?? own.Id, revision.Length > 0 ? revision : own.Revision);
    }

    /// <summary>The vectors of texts, where it is not known to be down. A failure leads to notes, and is not asked about again for a while.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="areQueries">Whether they are queries, and not memories.</param>
    /// <param name="known">The space of its vectors, if the pool has it already.</param>
    /// <param name="declare">Makes the space known that the first answer shows; throws <see cref="EmbedderFailure"/> where it cannot be.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<MadeVector[]> EmbedAsync(
        List<string> texts, bool areQueries, VectorSpace? known, Func<VectorSpace, Task> declare, CancellationToken cancellation)
    {
        if (!_breaker.TryEnter(out var turn, out var why)) return Without(texts, why!);
        try
        {
            var made = await AskAsync(texts, areQueries, known, declare, cancellation).ConfigureAwait(false);
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

    /// <summary>The same for memories, whatever is known of it, and a failure is thrown. Where it answers it is up again for everybody.</summary>
    /// <exception cref="EmbedderFailure">It is down, or answers with something unusable.</exception>
    public async Task<MadeVector[]> AskNowAsync(
        List<string> texts, VectorSpace? known, Func<VectorSpace, Task> declare, CancellationToken cancellation)
    {
        var made = await AskAsync(texts, areQueries: false, known, declare, cancellation).ConfigureAwait(false);
        _breaker.Succeed(default);
        return made;
    }

    /// <summary>What it answered cannot be used.</summary>
    public EmbedderFailure Unusable(string what) => new($"The embedder {identity.Id} answered with something unusable: {what}");

    private async Task<MadeVector[]> AskAsync(
        List<string> texts, bool areQueries, VectorSpace? known, Func<VectorSpace, Task> declare, CancellationToken cancellation)
    {
        GeneratedEmbeddings<Embedding<float>> answer;
        try
        {
            answer = await generator.GenerateAsync(texts, areQueries ? ForQueries : ForDocuments, cancellation).ConfigureAwait(false);
        }
        catch (ArgumentException e) when (texts.Count == 1)
        {
            return Without(texts, $"The embedder {identity.Id} refused the text: {Sentence(e)}");
        }
        catch (ArgumentException)
        {
            return await AskOneByOneAsync(texts, areQueries, known, declare, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw new EmbedderFailure($"The embedder {identity.Id} failed: {Sentence(e)}", e);
        }
        return await TakeAsync(texts, answer, known, declare).ConfigureAwait(false);
    }

    // One text that is refused, because it is too long, say, costs the others nothing. That all are refused is no matter of
    // the texts.
    private async Task<MadeVector[]> AskOneByOneAsync(
        List<string> texts, bool areQueries, VectorSpace? known, Func<VectorSpace, Task> declare, CancellationToken cancellation)
    {
        var made = new MadeVector[texts.Count];
        for (var i = 0; i < made.Length; i++)
            made[i] = (await AskAsync([texts[i]], areQueries, known, declare, cancellation).ConfigureAwait(false))[0];
        if (Array.TrueForAll(made, m => m.Vector is null)) throw new EmbedderFailure(made[0].Note!);
        return made;
    }

    private async Task<MadeVector[]> TakeAsync(
        List<string> texts, GeneratedEmbeddings<Embedding<float>> answer, VectorSpace? known, Func<VectorSpace, Task> declare)
    {
        if (answer is null || answer.Any(v => v is null)) throw Unusable("null in place of vectors.");
        if (answer.Count != texts.Count) throw Unusable($"{answer.Count} vectors for {texts.Count} texts.");
        var vectors = answer.Select(v => v.Vector).ToArray();
        // An embedder's dimension is known for certain once it has answered.
        var space = known ?? SpaceOf(vectors[0].Length);
        var made = new MadeVector[vectors.Length];
        try
        {
            if (known is null) SpaceRules.Check(space);
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
        // Declared for good, so only by an answer that can be stored.
        if (known is null && Array.Exists(made, m => m.Vector is not null)) await declare(space).ConfigureAwait(false);
        return made;
    }

    private static MadeVector[] Without(List<string> texts, string why)
    {
        var made = new MadeVector[texts.Count];
        Array.Fill(made, new MadeVector(null, why));
        return made;
    }

    private static string Sentence(Exception e) => $"{e.Message.Split(" (Parameter '")[0].TrimEnd('.', ' ')}.";

    private static string NameOf(IEmbeddingGenerator generator) =>
        generator.GetService(typeof(EmbeddingGeneratorMetadata)) is EmbeddingGeneratorMetadata { DefaultModelId: { } model } metadata
            ? $"{metadata.ProviderName ?? "unknown"}/{model}"
            : generator.GetType().FullName!;

    private static EmbeddingGenerationOptions For(string purpose) =>
        new() { AdditionalProperties = new AdditionalPropertiesDictionary { [EmbeddingPurpose.Key] = purpose } };
}

/// <summary>An embedder is down, or not what it should be.</summary>
internal sealed class EmbedderFailure(string message, Exception? inner = null) : Exception(message, inner);
