namespace MemoryEngine.Verification.Texts;

/// <summary>
/// Measures how bound to its origin a text is, from its form alone: no model, one pass. docs/verification.md shows how well it tells
/// traces from insights.
/// </summary>
internal static class Specificity
{
    /// <summary>Below it a text is hardly bound: the mode table asks for it.</summary>
    public const double LowUnder = 0.35;

    /// <summary>From it on, what calls itself an insight is not one: the lint.</summary>
    public const double HighFrom = 0.7;

    private const double CodeWeight = 0.9;
    private const double PathWeight = 0.6;
    private const double IdentifierWeight = 0.6;
    private const double LiteralWeight = 0.4;
    private const double NumberWeight = 0.3;

    /// <summary>Measures a text. An empty one is bound to nothing.</summary>
    public static SpecificityScore Measure(ReadOnlySpan<char> text)
    {
        var (words, paths, identifiers, numbers) = (0, 0, 0, 0);
        var (lines, codeLines, quoted, visible) = (0, 0, 0, 0);
        var (isFenced, isBehindCode) = (false, false);
        foreach (var range in text.Split('\n'))
        {
            var line = text[range].TrimEnd();
            var trimmed = line.TrimStart();
            if (trimmed.IsEmpty) continue;
            if (trimmed.StartsWith("```") || trimmed.StartsWith("~~~"))
            {
                isFenced = !isFenced;
                continue;
            }
            lines++;
            visible += trimmed.Length;
            // What is indented and follows code goes on with it.
            isBehindCode = isFenced || CodeLine.Is(line) || (isBehindCode && line.Length - trimmed.Length >= 4);
            if (isBehindCode) codeLines++;
            quoted += Quoted(trimmed);
            foreach (var part in trimmed.SplitAny(' ', '\t'))
            {
                var word = trimmed[part].Trim("()[]{}<>,;:!?\"'`*_.");
                if (word.IsEmpty) continue;
                words++;
                switch (WordForm.Of(word))
                {
                    case WordForm.Kind.Path: paths++; break;
                    case WordForm.Kind.Identifier: identifiers++; break;
                    case WordForm.Kind.Number: numbers++; break;
                }
            }
        }
        return Score(Share(paths, words), Share(identifiers, words), Share(quoted, visible), Share(numbers, words), Share(codeLines, lines));
    }

    /// <summary>The level that a text is fit for by its form: what is bound is a trace or a procedure, what is not an insight.</summary>
    public static MemoryLevel SuggestLevel(in SpecificityScore score) =>
        score.Value < LowUnder ? MemoryLevel.Insight
        : score is { Value: >= HighFrom, Code: >= 0.6 } ? MemoryLevel.Trace
        : MemoryLevel.Procedure;

    private static SpecificityScore Score(double paths, double identifiers, double literals, double numbers, double code)
    {
        // A tenth of the words being paths says as much as all of them would.
        var free = (1 - (CodeWeight * code))
            * (1 - (PathWeight * Saturated(paths, 0.10)))
            * (1 - (IdentifierWeight * Saturated(identifiers, 0.25)))
            * (1 - (LiteralWeight * Saturated(literals, 0.30)))
            * (1 - (NumberWeight * Saturated(numbers, 0.15)));
        return new SpecificityScore(1 - free, paths, identifiers, literals, numbers, code);
    }

    private static double Saturated(double share, double full) => Math.Min(1, share / full);

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    // Characters between two of the same quotes on a line. An apostrophe within a word is no quote.
    private static int Quoted(ReadOnlySpan<char> line)
    {
        var count = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var quote = line[i];
            if (quote is not ('"' or '`' or '\'') || (quote == '\'' && i > 0 && char.IsLetterOrDigit(line[i - 1]))) continue;
            var length = line[(i + 1)..].IndexOf(quote);
            if (length < 0) continue;
            count += length;
            i += length + 1;
        }
        return count;
    }
}
