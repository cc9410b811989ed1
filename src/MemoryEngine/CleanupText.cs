using System.Globalization;

namespace MemoryEngine;

/// <summary>What a decision means, in sentences.</summary>
internal static class CleanupText
{
    /// <summary>So much of a text is enough to find it by.</summary>
    private const int QueryCharacters = 2_000;

    public static string Consequence(Decision decision)
    {
        var where = decision.Domain is { } domain ? $"for tasks of '{domain}'" : "for any task";
        return decision.To switch
        {
            MemoryState.Active => $"It may be handed over again {where}: {Why(decision)}.",
            MemoryState.Suspect => $"It is handed over as before and withheld more often where experiments are on: {Why(decision)}.",
            MemoryState.Quarantined => $"It is in quarantine and no longer handed over {where}: {Why(decision)}.",
            _ => $"It was removed and is no longer handed over {where}: {Why(decision)}.",
        };
    }

    public static string Undo(Decision decision) => decision.To < MemoryState.Quarantined
        ? "There is nothing to undo."
        : $"'restore {decision.Memory}' brings it back, until it is purged.";

    /// <summary>What finds a memory by its own words.</summary>
    public static string Query(MemoryVersion memory)
    {
        var text = memory.Key ?? (memory.Title is { } title ? $"{title} {memory.Text}" : memory.Text);
        if (text.Length <= QueryCharacters) return text;
        // Half of a surrogate pair is no text.
        return text[..(char.IsHighSurrogate(text[QueryCharacters - 1]) ? QueryCharacters - 1 : QueryCharacters)];
    }

    private static string Why(Decision d)
    {
        var effect = d.Effect is { } e
            ? Text($", estimated effect {100 * e:+0.0;-0.0} points ({100 * d.EffectInterval.Low:0.0} to {100 * d.EffectInterval.High:0.0})")
            : "";
        var evidence = Text($"evidence of harm {d.EValue:0.#} over {d.Appearances:N0} tasks") + effect;
        return d.Reason switch
        {
            DecisionReason.Person => d.Note is { } note ? $"a person decided ({note})" : "a person decided",
            DecisionReason.Suspected => $"{evidence}; 20 make a suspect",
            DecisionReason.Failures => $"{d.Failures} tasks failed with it, by a verifier's word and with stated use, that passed without",
            DecisionReason.ProvenHarm => $"its harm is proven: {evidence}, chosen by e-BH at 5 %",
            DecisionReason.UnusedTrace => "nobody used it lately, and the pool has too many traces",
            DecisionReason.Cleared => $"the evidence against it is gone: {evidence}",
            _ => d.Note ?? "what it was made of was removed",
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
