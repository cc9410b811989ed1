namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// The pool behind a server: opened once, in the background, so that a client is answered while a large pool is still being read. When
/// opening fails the calls say so, and the next one tries again.
/// </summary>
/// <param name="open">Opens it.</param>
internal sealed class PoolSession(Func<CancellationToken, Task<MemoryStore>> open) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly IdleTrim _idle = new();
    private Task<MemoryStore>? _opening;

    /// <summary>Begins to open the pool.</summary>
    public void Begin() => _ = Opening();

    /// <summary>Does something with the pool.</summary>
    public async Task<T> UseAsync<T>(Func<MemoryStore, CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
    {
        _idle.Touch();
        var store = await Opening().WaitAsync(cancellation).ConfigureAwait(false);
        return await work(store, cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes the pool cleanly: writes under way are finished.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<MemoryStore>? opening;
        lock (_gate)
        {
            _closing.Cancel();
            opening = _opening;
        }
        if (opening is not null)
        {
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (opening.IsCompletedSuccessfully) await opening.Result.DisposeAsync().ConfigureAwait(false);
        }
        _idle.Dispose();
        _closing.Dispose();
    }

    private Task<MemoryStore> Opening()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled) _opening = Task.Run(() => open(_closing.Token), _closing.Token);
            return _opening;
        }
    }
}
