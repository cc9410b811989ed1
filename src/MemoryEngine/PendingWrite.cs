using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>A write of a pool that answers its caller with a <typeparamref name="T"/>.</summary>
internal abstract class PendingWrite<T>(Pool pool, Durability durability) : PendingWrite
{
    // Callers go on elsewhere: whoever commits holds the right to, and must not run their code meanwhile.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _completion.Task;

    public override Durability Durability => durability;

    protected Pool Pool => pool;

    /// <summary>The answer, set while the write is prepared.</summary>
    protected T Result { get; set; } = default!;

    public override void Complete() => _completion.SetResult(Result);

    public override void Fail(Exception error) => _completion.SetException(error);
}
