namespace MemoryEngine.Cli.Shared;

/// <summary>Opens pools: for writing as their owner, for reading also when someone else is.</summary>
internal static class PoolDoor
{
    private static readonly MemoryStoreOptions Defaults = new() { OwnerName = "memengine" };

    /// <summary>Opens a pool to write memories into.</summary>
    public static Task<MemoryStore> OpenAsync(string path, bool create, CancellationToken cancellation) =>
        MemoryStore.OpenAsync(path, Defaults with { CreateIfMissing = create }, cancellation);

    /// <summary>Opens a pool to change what is in it, whichever embedder it was made with.</summary>
    public static Task<MemoryStore> OpenForLifeAsync(string path, CancellationToken cancellation) =>
        MemoryStore.OpenAsync(path, Defaults with { CreateIfMissing = false, LexicalOnly = true }, cancellation);

    /// <summary>
    /// Opens a pool to look at it. One that another process owns is read as it lies on disk, one with vectors of another
    /// embedder by words alone; a note says so.
    /// </summary>
    public static async Task<MemoryStore> OpenToReadAsync(string path, Output output, CancellationToken cancellation)
    {
        var options = Defaults with { CreateIfMissing = false };
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
            catch (MemoryEngineException e) when (!options.LexicalOnly && e.Code == ErrorCode.EmbedderMismatch)
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
