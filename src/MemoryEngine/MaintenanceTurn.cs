namespace MemoryEngine;

/// <summary>
/// Whose turn it is to go through the pool's files: compaction, purging and backups, one at a time. Closing the pool
/// cancels who has it and waits for the end.
/// </summary>
internal sealed class MaintenanceTurn
{
    private readonly SemaphoreSlim _free = new(1);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Waits for the turn. The token is cancelled with the caller's, and when the pool closes.</summary>
    public async Task<Holder> TakeAsync(CancellationToken cancellation)
    {
        var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        try
        {
            await _free.WaitAsync(both.Token).ConfigureAwait(false);
            return new Holder(_free, both);
        }
        catch
        {
            both.Dispose();
            throw;
        }
    }

    /// <summary>Ends whatever is under way, for good.</summary>
    public void Close()
    {
        _closing.Cancel();
        _free.Wait();
    }

    internal sealed class Holder(SemaphoreSlim free, CancellationTokenSource cancellation) : IDisposable
    {
        public CancellationToken Cancellation => cancellation.Token;

        public void Dispose()
        {
            cancellation.Dispose();
            free.Release();
        }
    }
}
