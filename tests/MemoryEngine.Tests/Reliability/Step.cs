using MemoryEngine.Tests.Model;

namespace MemoryEngine.Tests.Reliability;

/// <summary>One step of a script, and what the pool must hold once it is done: known before it is begun.</summary>
/// <param name="Verb">What it is called.</param>
/// <param name="Do">Does it; null closes and opens the pool.</param>
/// <param name="After">The oracle after it.</param>
/// <param name="Sequence">The sequence after it.</param>
/// <param name="Durability">What it waits for.</param>
internal sealed record Step(
    Verb Verb, Func<MemoryStore, Task>? Do, Oracle After, long Sequence, Durability Durability = Durability.Device)
{
    /// <summary>The backup that it makes.</summary>
    public string? Backup { get; init; }
}

/// <summary>A backup: begun, and perhaps not finished.</summary>
internal sealed record ScriptBackup(string Path, Oracle Oracle, bool IsDone);

/// <summary>How far a script is: what a crash may leave of it.</summary>
/// <param name="Floor">Acknowledged as durable: no crash leaves less.</param>
/// <param name="Ceiling">The end of the step under way: no crash leaves more.</param>
/// <param name="Verb">The step under way; null while the pool is made.</param>
/// <param name="Backup">The newest backup.</param>
internal sealed record Progress(long Floor, long Ceiling, Verb? Verb, ScriptBackup? Backup = null);
