using System.Text.RegularExpressions;

namespace MemoryEngine.Verification.Texts;

/// <summary>
/// Finds text that commands its reader instead of informing it: to drop its instructions, to hide something from its user, to hand out
/// secrets, or to take the text for another speaker. A rule such as "always validate input" is what memories are made of, and is none.
/// </summary>
internal static partial class InstructionScan
{
    /// <summary>What kind of command stands in a text, and where; null when there is none.</summary>
    public static string? Find(string text)
    {
        if (Override().Match(text) is { Success: true } over) return At("a command to drop instructions", over.Index);
        if (Hiding().Match(text) is { Success: true } hiding) return At("a command to hide something from the user", hiding.Index);
        if (Leaking().Match(text) is { Success: true } leaking) return At("a command to give secrets away", leaking.Index);
        if (Speaker().Match(text) is { Success: true } speaker) return At("a mark of another speaker", speaker.Index);
        if (Addressed().Match(text) is { Success: true } addressed) return At("a command to whatever agent reads it", addressed.Index);
        return FindInvisible(text) is var at and >= 0 ? At("characters that are not seen", at) : null;
    }

    private static string At(string what, int index) => $"{what} at character {index + 1}";

    // Tag characters and overrides of the writing direction: text for a model that no person sees.
    private static int FindInvisible(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069') return i;
            if (text[i] == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDC00' and <= '\uDC7F') return i;
        }
        return -1;
    }

    [GeneratedRegex(
        @"\b(?:ignore|disregard|forget|override|bypass|drop)\s+(?:all\s+|any\s+|every\s+|the\s+|of\s+|your\s+|my\s+|these\s+|those\s+){0,3}" +
        @"(?:previous|prior|above|earlier|preceding|existing|system|other|safety|current)\s+(?:[a-z]+\s+)?" +
        @"(?:instructions?|prompts?|rules?|guidelines?|directives?|context|messages?|guardrails?|polic(?:y|ies)|restrictions?)\b" +
        @"|\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+)?your\s+(?:[a-z]+\s+)?" +
        @"(?:instructions?|prompts?|rules?|guidelines?|safety|guardrails?|restrictions?|training)\b" +
        @"|\bforget\s+everything\s+(?:you|above|before)\b|\bnew\s+(?:system\s+)?instructions?\s*:" +
        @"|\byou\s+are\s+now\s+(?:in\s+|an?\s+)?(?:developer|debug|admin|root|god|unrestricted|unfiltered|jailbroken|DAN\b)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Override();

    [GeneratedRegex(
        @"\b(?:do\s+not|don't|never|without)\s+(?:ever\s+)?" +
        @"(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|notify(?:ing)?|alert(?:ing)?|warn(?:ing)?)\s+" +
        @"(?:this\s+|it\s+|anything\s+)?(?:to\s+)?(?:the\s+|your\s+)?(?:user|human|operator|developer|owner|anyone)\b" +
        @"|\bwithout\s+(?:asking|permission\s+from|approval\s+(?:of|from)|confirmation\s+from|the\s+knowledge\s+of)\s+" +
        @"(?:the\s+|your\s+)?(?:user|human|operator|owner)\b" +
        @"|\b(?:hide|conceal)\s+(?:this|it|these\s+\w+)\s+from\s+(?:the\s+|your\s+)?(?:user|human|operator|owner|reviewers?)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Hiding();

    [GeneratedRegex(
        @"\b(?:send|upload|post|forward|e-?mail|exfiltrate|transmit|leak|copy)\s+[^\n]{0,60}?(?<!\w)" +
        @"(?:credentials|secrets|passwords|private\s+keys?|api\s+keys?|tokens|environment\s+variables|ssh\s+keys?|\.env\b|id_rsa" +
        @"|system\s+prompt)\b[^.\n]{0,40}?\s(?:to|at)\s" +
        @"|\b(?:reveal|print|output|repeat|show|disclose)\s+(?:me\s+)?(?:your|the)\s+(?:full\s+|entire\s+|hidden\s+)?" +
        @"(?:system\s+prompt|initial\s+instructions|hidden\s+instructions)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Leaking();

    [GeneratedRegex(
        @"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant)(?:_prompt|-reminder)?>" +
        @"|^[ \t]*(?:#{1,4}\s*)?(?:system|assistant)\s*(?:prompt|message|override)?\s*:[ \t]*(?:you\s|ignore\s|from\s+now)",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Speaker();

    [GeneratedRegex(
        @"\b(?:attention|note\s+to|instructions?\s+(?:to|for)|dear)[\s,:]+(?:the\s+|any\s+|all\s+)?" +
        @"(?:(?:ai|llm|coding)\s+)?(?:ai|llm|language\s+model|assistants?|agents?)\s*(?:reading|[:,!])" +
        @"|\b(?:ai|llm|assistant|agent)s?\s+(?:that\s+|who\s+)?read(?:s|ing)?\s+this\b" +
        @"|\b(?:run|execute)\s+(?:this|the\s+following)\s+(?:command|script|code)s?\s+(?:now|immediately|right\s+away|at\s+once|silently)\b" +
        @"|\b(?:curl|wget)\s+[^|\n]{4,200}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b[^\n]{0,80}\b(?:now|immediately|before\s+you|first)\b" +
        @"|\bfrom\s+now\s+on,?\s+you\s+(?:must|will|are|should)\b|\bas\s+an?\s+ai(?:\s+language\s+model)?,?\s+you\s+(?:must|will|should)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Addressed();
}
