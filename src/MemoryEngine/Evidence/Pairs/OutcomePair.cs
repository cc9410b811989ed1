namespace MemoryEngine.Evidence.Pairs;

/// <summary>One task, run without memory and with it.</summary>
/// <param name="Task">The task.</param>
/// <param name="Domain">Its domain; empty where none is stated.</param>
/// <param name="Model">The model that ran it.</param>
/// <param name="Variant">The kind of memory that was tried, to be analysed by itself; null where there is one.</param>
/// <param name="Control">Whether the run without memory passed.</param>
/// <param name="Memory">Whether the run with memory passed.</param>
/// <param name="SecondControl">Whether a second run without memory passed; null where there was none.</param>
/// <param name="Memories">The memories that were handed over, each once.</param>
internal sealed record OutcomePair(
    string Task, string Domain, string? Model, string? Variant, bool Control, bool Memory, bool? SecondControl, IReadOnlyList<Guid> Memories);
