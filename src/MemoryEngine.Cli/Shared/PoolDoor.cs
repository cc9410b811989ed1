namespace MemoryEngine.Cli.Shared;

/// <summary>Opens pools: for writing as their owner, for reading also when someone else is.</summary>
internal static class PoolDoor
{
    private static readonly MemoryStoreOptions Defaults = new() { OwnerName = "memengine" };

    /// <summary>Opens a pool to write memories into.</summary>
    public static Task<MemoryStore> OpenAsync(string path, bool create, ChosenEmbedder embedder, CancellationToken cancellation) =>
        MemoryStore.OpenAsync(path, embedder.Apply(Defaults with { CreateIfMissing = create }), cancellation);

    /// <summary>Opens a pool to change what is in it, whichever embedder it was made with.</summary>
    public static Task<MemoryStore> OpenForLifeAsync(string path, CancellationToken cancellation) =>
        MemoryStore.OpenAsync(path, ChosenEmbedder.Unused.Apply(Defaults with { CreateIfMissing = false }), cancellation);

    /// <summary>
    /// Opens a pool to look at it, whichever embedder it was made with. One that another process owns is read as it lies on
    /// disk; a note says so.
    /// </summary>
    public static Task<MemoryStore> OpenToReadAsync(string path, Output output, CancellationToken cancellation) =>
        OpenToSearchAsync(path, output, ChosenEmbedder.Unused, cancellation);

    /// <summary>
    /// Opens a pool to search it. One that another process owns is read as it lies on disk, one with vectors of another
    /// embedder by words alone, unless that embedder was asked for; a note says so.
    /// </summary>
    public static async Task<MemoryStore> OpenToSearchAsync(
        string path, Output output, ChosenEmbedder embedder, CancellationToken cancellation)
    {
        var options = embedder.Apply(Defaults with { CreateIfMissing = false });
        var isFallback = false;
        while (true)
        {
            try
            {
                var store = await MemoryStore.OpenAsync(path, options, cancellation);
                if (isFallback) NoteTime(store, output);
                return store;
            }
            catch (MemoryEngineException e) when (!options.ReadOnly && e.Code is (ErrorCode.PoolBusy or ErrorCode.ReadOnly))
            {
                options = options with { ReadOnly = true };
                isFallback = true;
                output.Note(e.Code == ErrorCode.PoolBusy ? "another process owns the pool." : "the pool cannot be written to.");
            }
            catch (MemoryEngineException e) when (!options.LexicalOnly && !embedder.IsAsked && e.Code == ErrorCode.EmbedderMismatch)
            {
                options = options with { LexicalOnly = true };
                output.Note($"the pool's vectors are another embedder's; texts are searched by their words alone. {e.Message}");
            }
        }
    }

    /// <summary>The pool as of a snapshot, or as it is now where none is named.</summary>
    public static IMemoryReader AsOf(MemoryStore store, string? snapshot) => snapshot is null ? store : store.OpenSnapshot(snapshot);

    private static void NoteTime(MemoryStore store, Output output)
    {
        var now = TimeProvider.System.GetUtcNow();
        output.Note($"reading the pool as it lies on disk, as of {now:yyyy-MM-dd HH:mm:ss}Z, event {store.Stats().Sequence}.");
    }
}
