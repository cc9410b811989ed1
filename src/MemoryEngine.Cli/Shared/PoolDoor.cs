using MemoryEngine.Client;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// Opens pools: as their owner, or, where another process is that, through its pipe. Where it has none, what only reads takes the pool as
/// it lies on disk.
/// </summary>
internal static class PoolDoor
{
    private static readonly MemoryStoreOptions Defaults = new() { OwnerName = "memengine" };
    private static readonly MemoryClientOptions ClientDefaults = new() { Name = "memengine" };

    /// <summary>Opens a pool to write memories into.</summary>
    public static Task<OpenPool> OpenAsync(Call call, bool create, ChosenEmbedder embedder, CancellationToken cancellation) =>
        OpenOrConnectAsync(call, embedder, embedder.Apply(Defaults with { CreateIfMissing = create }), cancellation);

    /// <summary>Opens a pool to change what is in it, whichever embedder it was made with.</summary>
    public static Task<OpenPool> OpenForLifeAsync(Call call, CancellationToken cancellation) =>
        OpenOrConnectAsync(
            call, ChosenEmbedder.Unused, ChosenEmbedder.Unused.Apply(Defaults with { CreateIfMissing = false }), cancellation);

    /// <summary>Opens a pool in this process, for what cannot be done through a pipe.</summary>
    public static Task<MemoryStore> OpenOwnAsync(string path, bool create, ChosenEmbedder embedder, CancellationToken cancellation) =>
        MemoryStore.OpenAsync(path, embedder.Apply(Defaults with { CreateIfMissing = create }), cancellation);

    /// <summary>
    /// Opens a pool to look at it, whichever embedder it was made with. One that another process owns and does not serve is read as it
    /// lies on disk; a note says so.
    /// </summary>
    public static Task<OpenPool> OpenToReadAsync(Call call, CancellationToken cancellation) =>
        OpenToSearchAsync(call, ChosenEmbedder.Unused, cancellation);

    /// <summary>
    /// Opens a pool to search it. One that another process owns and does not serve is read as it lies on disk, one with vectors of another
    /// embedder by words alone, unless that embedder was asked for; a note says so.
    /// </summary>
    public static async Task<OpenPool> OpenToSearchAsync(Call call, ChosenEmbedder embedder, CancellationToken cancellation)
    {
        var options = embedder.Apply(Defaults with { CreateIfMissing = false });
        var isFallback = false;
        while (true)
        {
            try
            {
                var store = await MemoryStore.OpenAsync(call.Pool, options, cancellation);
                if (isFallback) NoteTime(store, call.Output);
                return new OpenPool(store);
            }
            catch (MemoryEngineException e) when (!options.ReadOnly && e.Code is (ErrorCode.PoolBusy or ErrorCode.ReadOnly))
            {
                if (e.Code == ErrorCode.PoolBusy && await TryConnectAsync(call, embedder, cancellation) is { } client) return client;
                options = options with { ReadOnly = true };
                isFallback = true;
                call.Output.Note(e.Code == ErrorCode.PoolBusy ? "another process owns the pool." : "the pool cannot be written to.");
            }
            catch (MemoryEngineException e) when (!options.LexicalOnly && !embedder.IsAsked && e.Code == ErrorCode.EmbedderMismatch)
            {
                options = options with { LexicalOnly = true };
                call.Output.Note($"the pool's vectors are another embedder's; texts are searched by their words alone. {e.Message}");
            }
        }
    }

    /// <summary>A client of whoever owns the pool; null where the owner answers nobody.</summary>
    public static async Task<MemoryClient?> TryConnectAsync(string pool, CancellationToken cancellation)
    {
        if (MemoryStore.FindOwner(pool)?.Pipe is not { } address) return null;
        try
        {
            return await MemoryClient.ConnectAsync(address, ClientDefaults, cancellation);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.Unavailable)
        {
            // It has not begun to listen yet, or does so no more: as if it did not serve.
            return null;
        }
    }

    private static async Task<OpenPool> OpenOrConnectAsync(
        Call call, ChosenEmbedder embedder, MemoryStoreOptions options, CancellationToken cancellation)
    {
        try
        {
            return new OpenPool(await MemoryStore.OpenAsync(call.Pool, options, cancellation));
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.PoolBusy)
        {
            if (await TryConnectAsync(call, embedder, cancellation) is { } client) return client;
            throw;
        }
    }

    private static async Task<OpenPool?> TryConnectAsync(Call call, ChosenEmbedder embedder, CancellationToken cancellation)
    {
        if (await TryConnectAsync(call.Pool, cancellation) is not { } client) return null;
        if (embedder.IsAsked) call.Output.Note("another process serves the pool, with the embedder that it was started with.");
        return new OpenPool(client);
    }

    private static void NoteTime(MemoryStore store, Output output)
    {
        var now = TimeProvider.System.GetUtcNow();
        output.Note($"reading the pool as it lies on disk, as of {now:yyyy-MM-dd HH:mm:ss}Z, event {store.Sequence}.");
    }
}
