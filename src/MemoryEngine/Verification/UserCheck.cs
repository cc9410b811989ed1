using System.Diagnostics;

namespace MemoryEngine.Verification;

/// <summary>
/// Runs one check of the user's beside the recalls that ask for it: one batch at a time, and what arrives meanwhile is the next batch.
/// Whoever is alone waits for nobody. A check that does not come back is not asked again until it does.
/// </summary>
internal sealed class UserCheck(IMemoryCheck check, TimeSpan deadline)
{
    private readonly Lock _lock = new();
    private readonly ListFilter? _scope = check.Scope;
    private List<Request> _waiting = [];
    private bool _isRunning;
    private long _runningSince;

    public string Name { get; } = check.Name;

    /// <summary>Whether the check is asked about a memory.</summary>
    public bool Concerns(MemoryLevel level, string domain) =>
        _scope is not { } scope
        || ((scope.Level is null || scope.Level == level)
            && (scope.Domain is not { Length: > 0 } path
                || (domain.StartsWith(path, StringComparison.Ordinal) && (domain.Length == path.Length || domain[path.Length] == '/'))));

    /// <summary>Has memories checked. On return each is decided, has failed, or is closed: never later than the deadline.</summary>
    public async Task RunAsync(IReadOnlyList<CheckedMemory> memories, CancellationToken cancellation)
    {
        if (Enqueue(memories) is { } request)
        {
            try
            {
                await request.Done.Task.WaitAsync(deadline, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Closed below: what is not decided yet is left out.
                lock (_lock) _waiting.Remove(request);
            }
        }
        foreach (var memory in memories) memory.Close();
    }

    // Null where the check hangs in an earlier batch.
    private Request? Enqueue(IReadOnlyList<CheckedMemory> memories)
    {
        var request = new Request(memories);
        lock (_lock)
        {
            if (_isRunning && Stopwatch.GetElapsedTime(_runningSince) > deadline) return null;
            _waiting.Add(request);
            if (_isRunning) return request;
            (_isRunning, _runningSince) = (true, Stopwatch.GetTimestamp());
        }
        // On a thread of its own: a check that never returns must not take a recall's.
        _ = Task.Run(RunBatchesAsync, CancellationToken.None);
        return request;
    }

    private async Task RunBatchesAsync()
    {
        while (TakeBatch() is { } requests)
        {
            CheckedMemory[] batch = [.. requests.SelectMany(r => r.Memories)];
            try
            {
                using var timer = new CancellationTokenSource(deadline);
                await check.CheckAsync(batch, timer.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whatever it was, it is the reason of those that were not decided.
                foreach (var memory in batch) memory.Fail(e);
            }
            foreach (var request in requests) request.Done.TrySetResult();
        }
    }

    private List<Request>? TakeBatch()
    {
        lock (_lock)
        {
            _runningSince = Stopwatch.GetTimestamp();
            if (_waiting.Count == 0)
            {
                _isRunning = false;
                return null;
            }
            var batch = _waiting;
            _waiting = [];
            return batch;
        }
    }

    private sealed record Request(IReadOnlyList<CheckedMemory> Memories)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
