using MemoryEngine.Verification.Texts;

namespace MemoryEngine.Verification;

/// <summary>What a version's content says whatever the task: worked out once, since a version never changes.</summary>
internal sealed class TextFacts
{
    private TextFacts(SpecificityScore specificity, TextSketch sketch) => (Specificity, Sketch) = (specificity, sketch);

    public SpecificityScore Specificity { get; }

    public TextSketch Sketch { get; }

    /// <summary>What secret it holds and where; null for none.</summary>
    public string? Secret { get; private init; }

    /// <summary>What command to its reader it holds and where; null for none.</summary>
    public string? Instruction { get; private init; }

    /// <summary>What is wrong with one of its vectors; null when all are sane.</summary>
    public string? BadVector { get; private init; }

    /// <summary>Looks at a version.</summary>
    /// <param name="text">What would be handed over.</param>
    /// <param name="title">Its title, which is handed over with it.</param>
    /// <param name="badVector">What is wrong with one of its vectors.</param>
    public static TextFacts Of(string text, string? title, string? badVector) =>
        // Two that differ in their titles alone say something different, where they are short.
        new(Texts.Specificity.Measure(text), TextSketch.Of(title is null ? text : $"{title}\n{text}"))
        {
            Secret = SecretScan.Find(text) ?? (title is null ? null : SecretScan.Find(title)),
            Instruction = InstructionScan.Find(text) ?? (title is null ? null : InstructionScan.Find(title)),
            BadVector = badVector,
        };
}

/// <summary>
/// The facts of versions seen lately, by record id. A fixed number of slots, so it holds a few megabytes at most; readers and writers
/// take no locks, and who finds another record's facts in its slot works out its own.
/// </summary>
internal sealed class FactsCache(int slots = 1 << 14)
{
    private readonly Entry?[] _slots = new Entry?[slots];

    public TextFacts? Find(long recordId) =>
        Volatile.Read(ref _slots[recordId & (_slots.Length - 1)]) is { } entry && entry.RecordId == recordId ? entry.Facts : null;

    public void Add(long recordId, TextFacts facts) =>
        Volatile.Write(ref _slots[recordId & (_slots.Length - 1)], new Entry(recordId, facts));

    private sealed record Entry(long RecordId, TextFacts Facts);
}
