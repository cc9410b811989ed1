namespace MemoryEngine.Verification.Texts;

/// <summary>Whether a line is code. Not a parser: the beginnings, endings and marks that prose does not have.</summary>
internal static class CodeLine
{
    private static readonly string[] Openers =
    [
        "def ", "return ", "import ", "from ", "class ", "elif ", "else:", "try:", "except ", "except:", "finally:", "raise ", "lambda ",
        "const ", "let ", "var ", "function ", "async ", "await ", "export ", "func ", "fn ", "package ", "public ", "private ", "static ",
        "using ", "namespace ", "#include", "print(", "console.", "assert ", "yield ", "@", "//", "/*", "}", "{", "$ ", ">>> ", "<?", "</",
    ];

    // Words that begin prose as well: with them the line must also end as code does.
    private static readonly string[] Doubtful =
    [
        "for ", "while ", "if ", "with ", "from ", "import ", "using ", "let ", "return ", "public ", "private ", "static ", "class ",
        "package ", "export ", "function ", "async ", "await ", "assert ", "raise ", "yield ", "var ",
    ];

    /// <summary>Decides about a line, its indentation included.</summary>
    public static bool Is(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart();
        if (text.Length < 2) return text is "}" or "{" or ")" or "]";
        // A whole line marked as code, as manuals of commands have it.
        if (text[0] == '`' && text[^1] == '`' && text[1..^1].IndexOf('`') < 0) return true;
        foreach (var word in Doubtful)
            if (text.StartsWith(word, StringComparison.Ordinal)) return EndsAsCode(text) || IsShort(text);
        foreach (var opener in Openers)
            if (text.StartsWith(opener, StringComparison.Ordinal)) return true;
        if (text[^1] is ';' or '{' or '}' || text.EndsWith("=>")) return true;
        if (text[^1] is '(' or '[' && Marks(text) >= 1) return true;
        if (IsAssignment(text) || IsCall(text)) return true;
        return line.Length - text.Length >= 4 && text[0] is not ('-' or '*' or '•') && !char.IsAsciiDigit(text[0]) && Marks(text) >= 2;
    }

    private static bool EndsAsCode(ReadOnlySpan<char> text) =>
        text[^1] is ':' or ';' or '{' or '}' or ')' or '\\' or ',' or '\'' or '"' || Marks(text) >= 2;

    // "return total", but not "Return the total."
    private static bool IsShort(ReadOnlySpan<char> text) => text[^1] != '.' && text.Count(' ') <= 4;

    // name = value, name.part[i] += value
    private static bool IsAssignment(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('=');
        if (at < 1 || at == text.Length - 1) return false;
        var left = text[..at].TrimEnd("+-*/|&^%: ").Trim();
        if (left.IsEmpty || !(char.IsLetter(left[0]) || left[0] is '_' or '$')) return false;
        foreach (var c in left)
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '.' or '[' or ']' or '$' or ',' or ' ' or '\'' or '"' or '-' or '>')) return false;
        // "a, b = f(x)" has spaces only after commas; prose has more.
        return left.Count(' ') <= left.Count(',') + 1;
    }

    // name.part(…) and nothing behind it
    private static bool IsCall(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('(');
        if (at < 2 || text[^1] != ')') return false;
        foreach (var c in text[..at])
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '.')) return false;
        return true;
    }

    private static int Marks(ReadOnlySpan<char> text)
    {
        var marks = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '=' or '{' or '}' or ';' or '[' or ']' || (text[i] == '(' && i > 0 && char.IsLetterOrDigit(text[i - 1]))) marks++;
        }
        return marks;
    }
}
