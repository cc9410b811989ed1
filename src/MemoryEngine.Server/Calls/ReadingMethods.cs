using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Server.Calls;

/// <summary>The methods that read, of the pool as it is or as a snapshot has it.</summary>
internal sealed class ReadingMethods(MemoryStore store)
{
    private const int DefaultPage = 100;

    // A page ends when it has so many characters, well before a message must.
    private const long PageCharacters = 2 << 20;

    public async ValueTask<RecallReply> RecallAsync(RecallRequest request, CallContext context, CancellationToken cancellation)
    {
        using var seen = At(request.AsOf);
        return RecallReply.Of(await seen.Reader.RecallAsync(request.ToQuery(), cancellation).ConfigureAwait(false));
    }

    public async ValueTask<MemoryView> GetAsync(GetRequest request, CallContext context, CancellationToken cancellation)
    {
        using var seen = At(request.AsOf);
        var found = await seen.Reader.GetAsync(request.Id, request.Version, cancellation).ConfigureAwait(false);
        return found is not null ? MemoryView.Of(found) : throw NotFound(request.Id, request.Version);
    }

    public async ValueTask<HistoryReply> HistoryAsync(HistoryRequest request, CallContext context, CancellationToken cancellation)
    {
        using var seen = At(request.AsOf);
        var versions = await seen.Reader.HistoryAsync(request.Id, cancellation).ConfigureAwait(false);
        if (versions.Count == 0) throw NotFound(request.Id, null);
        return new HistoryReply { Id = request.Id, Versions = [.. versions.Select(MemoryView.Of)] };
    }

    public async ValueTask<ListReply> ListAsync(ListRequest request, CallContext context, CancellationToken cancellation)
    {
        using var seen = At(request.AsOf);
        var filter = request.ToFilter() with { AfterRecord = request.After ?? 0 };
        var limit = request.Limit ?? DefaultPage;
        var page = new List<MemoryView>();
        long characters = 0;
        await foreach (var memory in seen.Reader.ListAsync(filter, cancellation).ConfigureAwait(false))
        {
            if (page.Count == limit || characters > PageCharacters) return new ListReply { Memories = page, Next = page[^1].Record };
            page.Add(MemoryView.Of(memory));
            characters += memory.Text.Length + memory.Vectors.Values.Sum(v => v.Length);
        }
        return new ListReply { Memories = page };
    }

    public async ValueTask<StatsReply> StatsAsync(StatsRequest request, CallContext context, CancellationToken cancellation)
    {
        using var seen = At(request.AsOf);
        return StatsReply.Of(await seen.Reader.StatsAsync(cancellation).ConfigureAwait(false));
    }

    private static CallException NotFound(Guid id, int? version) => new(
        ProtocolErrorCode.NotFound, version is null ? $"No memory has the id {id}." : $"Memory {id} has no version {version}.");

    private Seen At(string? snapshot) => snapshot is null ? new Seen(store, null) : Seen.Of(store.OpenSnapshot(snapshot));

    /// <summary>What is read, and the snapshot that is held meanwhile.</summary>
    private readonly record struct Seen(IMemoryReader Reader, MemorySnapshot? Held) : IDisposable
    {
        public static Seen Of(MemorySnapshot snapshot) => new(snapshot, snapshot);

        public void Dispose() => Held?.Dispose();
    }
}
