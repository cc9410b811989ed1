using MemoryEngine.Verification;

namespace MemoryEngine;

/// <summary>
/// What verification would see in a text, for whoever wants to know before remembering it: how bound to its origin it is, whether it
/// holds a secret or commands its reader, and how much it shares with another. Deterministic, without a model.
/// </summary>
public sealed class TextLint
{
    private readonly TextFacts _facts;

    private TextLint(TextFacts facts) => _facts = facts;

    /// <summary>How bound to its origin the text is.</summary>
    public SpecificityScore Specificity => _facts.Specificity;

    /// <summary>Whether it is too bound for an insight or a strategy: from a foreign domain verification leaves it out.</summary>
    public bool IsTooSpecific => _facts.Specificity.Value >= Verification.Texts.Specificity.HighFrom;

    /// <summary>What kind of secret it holds and where, never the secret; null for none.</summary>
    public string? Secret => _facts.Secret;

    /// <summary>What command to its reader it holds and where; null for none.</summary>
    public string? Instruction => _facts.Instruction;

    /// <summary>Looks at a text and the title that would be handed over with it.</summary>
    public static TextLint Of(string text, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TextLint(TextFacts.Of(text, title, badVector: null));
    }

    /// <summary>
    /// The share of runs of three words that two texts have in common, 0 to 1; short texts are alike only when they are equal. From
    /// <see cref="VerificationOptions.DuplicateFrom"/> on, one answer would not hold both.
    /// </summary>
    public double SimilarityTo(TextLint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _facts.Sketch.MayBeLike(other._facts.Sketch) ? _facts.Sketch.Similarity(other._facts.Sketch) : 0;
    }
}
