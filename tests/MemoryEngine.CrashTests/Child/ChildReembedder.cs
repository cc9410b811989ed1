using System.Globalization;
using MemoryEngine.Agents.Embedders;

namespace MemoryEngine.CrashTests;

/// <summary>The process that is killed while it embeds a pool's texts anew.</summary>
internal static class ChildReembedder
{
    public static MemoryStoreOptions Options => new()
    {
        LexicalOnly = true,
        RecordMemoryBytes = 16L << 20,
        JournalFileBytes = 32 << 10,
        CheckpointBytes = 48 << 10,
        SegmentLimits = new(SealRows: 40, GraphVectors: 100),
    };

    /// <summary>Tells the parent that it begins, and goes on until it is killed, or done.</summary>
    /// <param name="args">The pool and the endpoint.</param>
    public static async Task RunAsync(string[] args)
    {
        using var embedder = Embedder(new Uri(args[1]));
        await using var store = await MemoryStore.OpenAsync(args[0], Options).ConfigureAwait(false);
        Signal.Send();
        var next = 0;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            // Embedded as they come, while the older ones are.
            while (!stop.IsCancellationRequested)
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"written {Environment.ProcessId} {next++}");
                await store.RememberAsync(text).ConfigureAwait(false);
            }
        });
        _ = await store.ReembedAsync(new ReembedOptions { Embedder = embedder, BatchTexts = 8 }).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await writer.ConfigureAwait(false);
    }

    public static HttpEmbeddingGenerator Embedder(Uri endpoint) => new(new HttpEmbedderOptions
    {
        Api = EmbeddingApi.OpenAI,
        Endpoint = endpoint,
        Model = "letters",
    });
}
