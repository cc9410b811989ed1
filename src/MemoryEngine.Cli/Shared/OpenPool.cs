using MemoryEngine.Client;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// A pool as a verb has it: open in this process, or owned by another one that answers through its pipe. Few verbs need to know which.
/// </summary>
internal sealed class OpenPool : IAsyncDisposable
{
    private readonly MemoryStore? _own;
    private readonly MemoryClient? _client;

    public OpenPool(MemoryStore own) => (_own, Store, Keeping) = (own, own, own);

    public OpenPool(MemoryClient client) => (_client, Store, Keeping) = (client, client, client);

    /// <summary>Whether it is open in this process.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>What is done with memories.</summary>
    public IMemoryStore Store { get; }

    /// <summary>What is done with the pool as a whole.</summary>
    public IPoolMaintenance Keeping { get; }

    /// <summary>The pool as of a snapshot, or as it is now where none is named.</summary>
    public async ValueTask<IMemoryReader> AsOfAsync(string? snapshot, CancellationToken cancellation) =>
        snapshot is null ? Store
        : _client is not null ? await _client.OpenSnapshotAsync(snapshot, cancellation)
        : _own!.OpenSnapshot(snapshot);

    /// <summary>Remembers many; the owner of the pipe decides what it waits for.</summary>
    public Task<IReadOnlyList<RememberResult>> RememberManyAsync(
        IReadOnlyList<MemoryDraft> drafts, Durability durability, CancellationToken cancellation) =>
        _own?.RememberManyAsync(drafts, durability, cancellation) ?? Store.RememberManyAsync(drafts, cancellation);

    /// <summary>Remembers one; the owner of the pipe decides what it waits for.</summary>
    public ValueTask<RememberResult> RememberAsync(MemoryDraft draft, Durability durability, CancellationToken cancellation) =>
        _own?.RememberAsync(draft, durability, cancellation) ?? Store.RememberAsync(draft, cancellation);

    /// <summary>Declares a space; through the pipe nobody can, and a vector of a space that is not declared is refused.</summary>
    public async ValueTask DeclareSpaceAsync(VectorSpace space, CancellationToken cancellation)
    {
        if (_own is not null) await _own.DeclareSpaceAsync(space, cancellation);
    }

    /// <summary>Waits for what is made of many memories in the background; who owns the pipe goes on anyway.</summary>
    public Task SettleAsync(CancellationToken cancellation) => _own?.SettleAsync(cancellation) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
