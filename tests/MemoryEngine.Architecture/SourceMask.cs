namespace MemoryEngine.Architecture;

/// <summary>
/// Blanks out strings and comments, so that the checks can search C# as text without stumbling over what it merely mentions.
/// Knows ordinary, verbatim, raw and interpolated strings; the holes of interpolated strings stay, since they are code.
/// It does not evaluate the conditions of #if: both branches are read.
/// </summary>
internal sealed class SourceMask
{
    private readonly string _text;
    private readonly char[] _code;
    private readonly char[] _codeAndComments;
    private int _at;

    private SourceMask(string text)
    {
        _text = text;
        _code = text.ToCharArray();
        _codeAndComments = text.ToCharArray();
    }

    public static (string Code, string CodeAndComments) Of(string text)
    {
        var mask = new SourceMask(text);
        while (mask._at < text.Length) mask.ReadCode(inHole: false);
        return (new string(mask._code), new string(mask._codeAndComments));
    }

    /// <summary>Reads code to the end of the file, or, in a hole of an interpolated string, to the brace that closes it.</summary>
    private void ReadCode(bool inHole)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (Ahead("//") || (c == '#' && IsFirstOnLine())) BlankComment("\n", keepEnd: true);
            else if (Ahead("/*")) BlankComment("*/", keepEnd: false);
            else if (c == '\'') ReadCharacter();
            else if (c is '"' or '$' or '@' && StringStartsHere(out var quote)) ReadString(quote);
            else if (inHole && depth == 0 && c == '}') return;
            else if (inHole && depth == 0 && c == ':') ReadFormat();
            else
            {
                if (c is '(' or '[' or '{') depth++;
                if (c is ')' or ']' or '}') depth--;
                _at++;
            }
        }
    }

    private void ReadFormat()
    {
        // "global::Name" stands in holes as well.
        if (Ahead("::"))
        {
            _at += 2;
            return;
        }
        while (_at < _text.Length && _text[_at] != '}') Blank();
    }

    private void ReadCharacter()
    {
        _at++;
        while (_at < _text.Length && _text[_at] is not ('\'' or '\n'))
        {
            if (_text[_at] == '\\') Blank();
            Blank();
        }
        _at++;
    }

    private bool StringStartsHere(out int quote)
    {
        quote = _at;
        while (quote < _text.Length && _text[quote] is '$' or '@') quote++;
        return quote < _text.Length && _text[quote] == '"';
    }

    private void ReadString(int quote)
    {
        var prefix = _text.AsSpan(_at, quote - _at);
        var (dollars, verbatim) = (prefix.Count('$'), prefix.Contains('@'));
        _at = quote;
        var quotes = RunOf('"');
        if (quotes >= 3 && !verbatim)
        {
            _at += quotes;
            ReadRaw(quotes, dollars);
        }
        else
        {
            _at++;
            ReadQuoted(verbatim, dollars > 0);
        }
    }

    private void ReadRaw(int quotes, int dollars)
    {
        while (_at < _text.Length)
        {
            if (RunOf('"') is var run && run >= quotes)
            {
                _at += run;
                return;
            }
            var braces = dollars > 0 ? RunOf('{') : 0;
            if (braces >= dollars && dollars > 0) ReadHole(braces, dollars);
            else Blank();
        }
    }

    private void ReadQuoted(bool verbatim, bool interpolated)
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == '"' && !(verbatim && Ahead("\"\"")))
            {
                _at++;
                return;
            }
            if (interpolated && _text[_at] == '{' && !Ahead("{{"))
            {
                ReadHole(1, 1);
                continue;
            }
            var pair = verbatim ? Ahead("\"\"") || Ahead("{{") : _text[_at] == '\\' || Ahead("{{");
            Blank();
            if (pair) Blank();
        }
    }

    private void ReadHole(int opening, int closing)
    {
        for (var i = 0; i < opening; i++) Blank();
        ReadCode(inHole: true);
        for (var i = 0; i < closing; i++) Blank();
    }

    private void BlankComment(string end, bool keepEnd)
    {
        var found = _text.IndexOf(end, Math.Min(_at + (keepEnd ? 0 : 2), _text.Length), StringComparison.Ordinal);
        var stop = found < 0 ? _text.Length : found + (keepEnd ? 0 : end.Length);
        for (; _at < stop; _at++)
            if (_text[_at] != '\n') _code[_at] = ' ';
    }

    private void Blank()
    {
        if (_at < _text.Length && _text[_at] != '\n') _code[_at] = _codeAndComments[_at] = ' ';
        _at++;
    }

    private bool Ahead(string what) => _text.AsSpan(Math.Min(_at, _text.Length)).StartsWith(what, StringComparison.Ordinal);

    private int RunOf(char c)
    {
        var end = _at;
        while (end < _text.Length && _text[end] == c) end++;
        return end - _at;
    }

    private bool IsFirstOnLine()
    {
        var before = _text.AsSpan(0, _at);
        return before[(before.LastIndexOf('\n') + 1)..].IsWhiteSpace();
    }
}
