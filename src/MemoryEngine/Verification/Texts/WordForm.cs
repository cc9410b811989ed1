namespace MemoryEngine.Verification.Texts;

/// <summary>What a word looks like.</summary>
internal static class WordForm
{
    public enum Kind
    {
        Plain,
        Path,
        Identifier,
        Number,
    }

    private const int LongestExtension = 5;

    /// <summary>The form of a word, without the marks of a sentence around it.</summary>
    public static Kind Of(ReadOnlySpan<char> word)
    {
        if (IsNumber(word)) return Kind.Number;
        if (IsPath(word)) return Kind.Path;
        return IsIdentifier(word) ? Kind.Identifier : Kind.Plain;
    }

    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        var digits = 0;
        foreach (var c in word)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (c is not ('.' or ',' or '-' or '+' or '%' or ':' or '/' or 'e' or 'E' or 'x')) return false;
        }
        return digits >= 2;
    }

    private static bool IsPath(ReadOnlySpan<char> word)
    {
        if (word.Contains("://", StringComparison.Ordinal)) return true;
        var slashes = word.CountAny('/', '\\');
        // "and/or" and "I/O" are words; what begins with a slash, has two, or ends in a file's name is a path.
        if (slashes > 0 && (word[0] is '/' or '~' or '.' || slashes > 1)) return true;
        if (slashes > 0) return HasExtension(word[(word.LastIndexOfAny('/', '\\') + 1)..]);
        return HasExtension(word);
    }

    private static bool HasExtension(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || dot == name.Length - 1 || name.Length - dot - 1 > LongestExtension) return false;
        return name[(dot + 1)..] is "py" or "js" or "ts" or "tsx" or "jsx" or "go" or "rs" or "cs" or "java" or "rb" or "php" or "c" or "cpp"
            or "h" or "hpp" or "swift" or "kt" or "sql" or "sh" or "json" or "yaml" or "yml" or "toml" or "xml" or "html" or "css" or "md"
            or "txt" or "csv" or "lock" or "cfg" or "ini" or "conf" or "log" or "env" or "mdc" or "vue" or "ipynb" or "proto" or "scss";
    }

    private static bool IsIdentifier(ReadOnlySpan<char> word)
    {
        if (word.Length < 3) return false;
        // A flag of a command.
        if (word[0] == '-' && word.Length > 1 && char.IsAsciiLetter(word[^1])) return word.StartsWith("--");
        var (hasLetter, hasInnerMark) = (false, false);
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (char.IsLetter(c))
            {
                hasLetter = true;
                // A capital after a small letter: camelCase, but not "JavaScript's" ordinary neighbours at the beginning of a sentence.
                if (i > 0 && char.IsUpper(c) && char.IsLower(word[i - 1])) hasInnerMark = true;
            }
            else if (i > 0 && i < word.Length - 1 && IsMark(c, word[i + 1]))
            {
                hasInnerMark = true;
            }
        }
        return hasLetter && hasInnerMark;
    }

    private static bool IsMark(char c, char next) =>
        c is '_' or '(' or '[' or '=' or '$' || (c == '.' && char.IsLetter(next)) || (c == ':' && next == ':');
}
