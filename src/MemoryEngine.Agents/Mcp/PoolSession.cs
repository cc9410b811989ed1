using System.Diagnostics;

namespace MemoryEngine.Agents.Mcp;

/// <summary>Whether a call may be made again when the process that owns the pool went before it answered.</summary>
internal enum Repeat
{
    /// <summary>Done twice it does what it does once.</summary>
    Safe,

    /// <summary>It may have been done, and must not be done twice: the answer says so.</summary>
    Never,
}

/// <summary>
/// The pool behind a server: opened once, in the background, so that a client is answered while a large pool is still being read. When
/// opening fails the calls say so, and the next one tries again. When another process owned the pool and is gone, it is opened anew, by
/// which one of those that are left becomes the owner, and calls that may be repeated are.
/// </summary>
/// <param name="open">Opens it.</param>
internal sealed class PoolSession(Func<CancellationToken, Task<McpPool>> open) : IAsyncDisposable
{
    /// <summary>How long a call tries to reach a pool whose owner is gone or has too much to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly IdleTrim _idle = new();
    private Task<McpPool>? _opening;

    /// <summary>Begins to open the pool.</summary>
    public void Begin() => _ = Opening();

    /// <summary>Does something with the pool.</summary>
    public async Task<T> UseAsync<T>(Repeat repeat, Func<McpPool, CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
    {
        _idle.Touch();
        var since = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            var opening = Opening();
            var pool = await opening.WaitAsync(cancellation).ConfigureAwait(false);
            var isBegun = repeat == Repeat.Safe;
            try
            {
                // What must not be done twice is begun only when the owner has just answered.
                if (!isBegun && !pool.IsOwner) await pool.Store.StatsAsync(cancellation).ConfigureAwait(false);
                isBegun = true;
                return await work(pool, cancellation).ConfigureAwait(false);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.Unavailable)
            {
                await LoseAsync(opening).ConfigureAwait(false);
                if (isBegun && repeat == Repeat.Never)
                {
                    throw new MemoryEngineException(
                        ErrorCode.Unavailable, $"{e.Message} Whether it was done is not known; memory_stats shows what there is.", e);
                }
                if (Stopwatch.GetElapsedTime(since) + pause > Patience) throw;
            }
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the pool cleanly: writes under way are finished.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<McpPool>? opening;
        lock (_gate)
        {
            _closing.Cancel();
            opening = _opening;
        }
        if (opening is not null) await CloseAsync(opening).ConfigureAwait(false);
        _idle.Dispose();
        _closing.Dispose();
    }

    private static async Task CloseAsync(Task<McpPool> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully) await opening.Result.DisposeAsync().ConfigureAwait(false);
    }

    private Task<McpPool> Opening()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled) _opening = Task.Run(() => open(_closing.Token), _closing.Token);
            return _opening;
        }
    }

    // Of several calls that met the same loss one lets the pool go.
    private async Task LoseAsync(Task<McpPool> opening)
    {
        lock (_gate)
        {
            if (_opening != opening || opening.Result.IsOwner) return;
            _opening = null;
        }
        await CloseAsync(opening).ConfigureAwait(false);
    }
}
