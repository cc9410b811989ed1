namespace MemoryEngine;

/// <summary>
/// A check of the user's own, asked before memories are handed over. What it does not accept is left out: rejected, not decided by the
/// deadline, or because it threw. It runs beside the recall, on another thread, for one batch at a time; recalls that arrive meanwhile
/// share the next batch.
/// </summary>
public interface IMemoryCheck
{
    /// <summary>Its name, for reasons.</summary>
    string Name { get; }

    /// <summary>The memories it is asked about: their level, and their domain or one above it. Null for all; the state does not count.</summary>
    ListFilter? Scope => null;

    /// <summary>Decides about memories, by <see cref="CheckedMemory.Accept"/> or <see cref="CheckedMemory.Reject"/> of each.</summary>
    /// <param name="memories">The whole batch; those that are not decided on return are left out.</param>
    /// <param name="deadline">Is cancelled at the deadline. What is decided later does not count any more.</param>
    ValueTask CheckAsync(IReadOnlyList<CheckedMemory> memories, CancellationToken deadline);
}

/// <summary>A memory before a check of the user's. Decided once; what comes after that, or after the deadline, does not count.</summary>
public sealed class CheckedMemory
{
    private static readonly object Accepted = new();
    private static readonly object Closed = new();
    private object? _decision;

    internal CheckedMemory(MemoryVersion memory, string targetDomain) => (Memory, TargetDomain) = (memory, targetDomain);

    /// <summary>The memory.</summary>
    public MemoryVersion Memory { get; }

    /// <summary>The domain of the task that it is to be handed to; empty where it states none.</summary>
    public string TargetDomain { get; }

    internal bool IsAccepted => _decision == Accepted;

    /// <summary>Whether nothing was decided about it in time.</summary>
    internal bool IsUndecided => _decision is null || _decision == Closed;

    /// <summary>The exception that the check threw before it had decided; null when it did not.</summary>
    internal Exception? Failure => _decision as Exception;

    /// <summary>Why it was rejected; null when it was not.</summary>
    internal string? Rejection => _decision as string;

    /// <summary>Lets it through.</summary>
    public void Accept() => Decide(Accepted);

    /// <summary>Leaves it out.</summary>
    /// <param name="why">The reason, for whoever asks.</param>
    public void Reject(string why)
    {
        ArgumentNullException.ThrowIfNull(why);
        Decide(why);
    }

    internal void Fail(Exception failure) => Decide(failure);

    /// <summary>What is decided from now on does not count.</summary>
    internal void Close() => Decide(Closed);

    private void Decide(object decision) => Interlocked.CompareExchange(ref _decision, decision, null);
}
