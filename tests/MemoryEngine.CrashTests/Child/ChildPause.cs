namespace MemoryEngine.CrashTests;

/// <summary>Lets writers go on side by side, and lets whoever needs the pool to stand still have it alone.</summary>
internal sealed class ChildPause(int writers)
{
    private readonly SemaphoreSlim _turns = new(writers);
    private readonly SemaphoreSlim _alone = new(1);

    /// <summary>One writer's turn.</summary>
    public async Task<IDisposable> TurnAsync()
    {
        await _turns.WaitAsync().ConfigureAwait(false);
        return new Held(_turns, 1);
    }

    /// <summary>Everybody's turns.</summary>
    public async Task<IDisposable> AloneAsync()
    {
        // One at a time gathers turns, or two would wait for each other's.
        await _alone.WaitAsync().ConfigureAwait(false);
        for (var i = 0; i < writers; i++) await _turns.WaitAsync().ConfigureAwait(false);
        _alone.Release();
        return new Held(_turns, writers);
    }

    private sealed class Held(SemaphoreSlim turns, int count) : IDisposable
    {
        public void Dispose() => turns.Release(count);
    }
}
