using MemoryEngine.Verification.Texts;

namespace MemoryEngine;

/// <summary>
/// What verification would see in a text, for whoever wants to know before remembering it: how bound to its origin it is, whether it
/// holds a secret or commands its reader, and how much it shares with another. Deterministic, without a model; each part is worked out
/// when it is first asked for. Thread-safe.
/// </summary>
public sealed class TextLint
{
    private readonly Lazy<SpecificityScore> _specificity;
    private readonly Lazy<string?> _secret;
    private readonly Lazy<string?> _instruction;
    private readonly Lazy<TextSketch> _sketch;

    private TextLint(string text, string? title)
    {
        _specificity = new Lazy<SpecificityScore>(() => Verification.Texts.Specificity.Measure(text));
        _secret = new Lazy<string?>(() => SecretScan.Find(text) ?? (title is null ? null : SecretScan.Find(title)));
        _instruction = new Lazy<string?>(() => InstructionScan.Find(text) ?? (title is null ? null : InstructionScan.Find(title)));
        _sketch = new Lazy<TextSketch>(() => TextSketch.Of(title is null ? text : $"{title}\n{text}"));
    }

    /// <summary>How bound to its origin the text is.</summary>
    public SpecificityScore Specificity => _specificity.Value;

    /// <summary>Whether it is too bound for an insight or a strategy: from a foreign domain verification leaves it out.</summary>
    public bool IsTooSpecific => Specificity.Value >= Verification.Texts.Specificity.HighFrom;

    /// <summary>What kind of secret it holds and where, never the secret; null for none.</summary>
    public string? Secret => _secret.Value;

    /// <summary>What command to its reader it holds and where; null for none.</summary>
    public string? Instruction => _instruction.Value;

    /// <summary>Looks at a text and the title that would be handed over with it.</summary>
    public static TextLint Of(string text, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TextLint(text, title);
    }

    /// <summary>
    /// The share of runs of three words that two texts have in common, 0 to 1; short texts are alike only when they are equal. From
    /// <see cref="VerificationOptions.DuplicateFrom"/> on, one answer would not hold both.
    /// </summary>
    public double SimilarityTo(TextLint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _sketch.Value.MayBeLike(other._sketch.Value) ? _sketch.Value.Similarity(other._sketch.Value) : 0;
    }
}
