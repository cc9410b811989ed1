using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>The vectors that are stored with a memory: the one it is found by, and the one that a re-embedding is making of all.</summary>
/// <param name="Vector">In the space of the texts; or why there is none.</param>
/// <param name="Space">That space; null when there is no vector.</param>
/// <param name="Next">In the space that is to take its place, while one is being filled.</param>
internal readonly record struct MadeVectors(MadeVector Vector, SpaceEntry? Space, LaterVector? Next = null);

/// <summary>
/// Where the vectors of texts come from: the built-in embedder (made again whenever needed, never stored), a
/// generator that the caller brought (stored), or nowhere. A generator that fails costs the vectors and nothing else:
/// what is remembered is remembered, and found by its words.
/// </summary>
internal sealed class TextEmbedder(MemoryStoreOptions options, Pool pool)
{
    private EmbedderClient? _taken;
    private EmbedderClient? _next;
    private SpaceEntry? _nextSpace;

    /// <summary>The generator that the store was opened with.</summary>
    public EmbedderClient? Own { get; } = options.LexicalOnly || options.Embedder is null
        ? null : new EmbedderClient(options.Embedder, IdentityOf(options), options.Clock);

    /// <summary>Whether memories are embedded by a caller's generator.</summary>
    public bool CallsForMemories => CallsForQueries || Volatile.Read(ref _next) is not null;

    /// <summary>Whether queries are embedded by a caller's generator.</summary>
    public bool CallsForQueries => Serving is not null;

    /// <summary>Why the caller's generator is not asked, or null while all is well.</summary>
    public string? Problem => Serving?.Problem;

    /// <summary>The generator whose vectors the texts have, or will have with the first of them; null where there is none at hand.</summary>
    public EmbedderClient? Serving => ClientOf(pool.Table.Spaces.Text);

    /// <summary>The identity of a caller's generator: as the options say, or as it says itself.</summary>
    public static EmbedderIdentity IdentityOf(MemoryStoreOptions options) =>
        EmbedderClient.IdentityOf(options.Embedder!, options.EmbedderId, options.EmbedderRevision);

    /// <summary>From here on memories get vectors by another generator as well, which is to take the place of the one before.</summary>
    public void Prepare(EmbedderClient next, SpaceEntry space) => (_nextSpace, _next) = (space, next);

    /// <summary>The end of a re-embedding: the generator has taken the place of the one before, or is not asked any more.</summary>
    public void EndPreparing()
    {
        if (_next is { } next && pool.Table.Spaces.Text is { } text && next.Makes(text.Space)) Volatile.Write(ref _taken, next);
        (_nextSpace, _next) = (null, null);
    }

    /// <summary>The one that is at hand already for the vectors of an identity; null when there is none.</summary>
    public EmbedderClient? Find(EmbedderIdentity identity) => Own?.Identity == identity ? Own : _taken?.Identity == identity ? _taken : null;

    /// <summary>The text of a memory that is embedded.</summary>
    public static string TextOf(string? title, string? key, string text) => string.Join('\n', new[] { title, key, text }.OfType<string>());

    /// <summary>The vectors to store with memories.</summary>
    public async ValueTask<MadeVectors[]> EmbedMemoriesAsync(IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellation)
    {
        var made = new MadeVectors[drafts.Count];
        if (!CallsForMemories) return made;
        var wanted = Enumerable.Range(0, drafts.Count).Where(i => !drafts[i].Vectors.ContainsKey(VectorSpace.TextSpace)).ToList();
        if (wanted.Count == 0) return made;
        var texts = wanted.ConvertAll(i => TextOf(drafts[i].Title, drafts[i].Key, drafts[i].Text));
        while (true)
        {
            var text = pool.Table.Spaces.Text;
            if (ClientOf(text) is not { } client) break;
            var vectors = await EmbedAsync(client, texts, areQueries: false, text, cancellation).ConfigureAwait(false);
            var space = text ?? pool.Table.Spaces.Text;
            for (var i = 0; i < wanted.Count; i++) made[wanted[i]] = new MadeVectors(vectors[i], vectors[i].Vector is null ? null : space);
            // What was made for a space that is none of texts any more, since a re-embedding has just ended, is of no use.
            if (space is null || pool.Table.Spaces.Text!.Id == space.Id) break;
        }
        if (_nextSpace is not { } next || _next is not { } nextClient || next.Id == pool.Table.Spaces.Text?.Id) return made;
        // One that fails leaves the vectors to whoever re-embeds.
        var later = await nextClient.EmbedAsync(texts, areQueries: false, next.Space, static _ => Task.CompletedTask, cancellation)
            .ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++)
            if (later[i].Vector is { } vector) made[wanted[i]] = made[wanted[i]] with { Next = new LaterVector(-1, next, vector) };
        return made;
    }

    /// <summary>Whether a query text can be embedded without waiting.</summary>
    public bool IsBuiltIn => pool.Table.Spaces.DerivedSpace >= 0 && !options.LexicalOnly;

    /// <summary>The vector of a query text by the caller's generator, and the space in which it is one.</summary>
    public async ValueTask<MadeVectors> EmbedQueryAsync(string text, CancellationToken cancellation)
    {
        while (true)
        {
            var space = pool.Table.Spaces.Text;
            if (ClientOf(space) is not { } client) return default;
            // Without a text space there is nothing to compare with, and asking changes no pool.
            if (space is null) return new MadeVectors(new MadeVector(null, client.Problem), null);
            var made = (await EmbedAsync(client, [text], areQueries: true, space, cancellation).ConfigureAwait(false))[0];
            if (pool.Table.Spaces.Text!.Id == space.Id) return new MadeVectors(made, space);
        }
    }

    // Whose vectors those of the texts' space are. A re-embedding puts another space there from one moment to the next.
    private EmbedderClient? ClientOf(SpaceEntry? text)
    {
        var (taken, next) = (Volatile.Read(ref _taken), Volatile.Read(ref _next));
        if (text is null || (Own is null && taken is null && next is null)) return Own;
        if (Own is not null && Own.Makes(text.Space)) return Own;
        if (options.LexicalOnly) return null;
        return next is not null && next.Makes(text.Space) ? next : taken is not null && taken.Makes(text.Space) ? taken : null;
    }

    private Task<MadeVector[]> EmbedAsync(
        EmbedderClient client, List<string> texts, bool areQueries, SpaceEntry? space, CancellationToken cancellation) =>
        client.EmbedAsync(texts, areQueries, space?.Space, declared => DeclareAsync(client, declared, cancellation), cancellation);

    private async Task DeclareAsync(EmbedderClient client, VectorSpace space, CancellationToken cancellation)
    {
        try
        {
            await pool.CommitAsync(new PendingSpace(pool, space), cancellation).ConfigureAwait(false);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.EmbedderMismatch)
        {
            // Another first answer, of another dimension, came before this one.
            throw client.Unusable(e.Message);
        }
    }
}
