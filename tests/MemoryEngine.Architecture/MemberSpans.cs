using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

internal sealed record MemberSpan(string Name, int Start, int End);

/// <summary>
/// Finds methods, constructors, properties and operators by their braces, well enough to measure them.
/// A member begins after its attributes and ends with the brace or semicolon that closes it; local functions and lambdas
/// count towards the member they stand in.
/// </summary>
/// <remarks>
/// An approximation: fields and their initialisers are data and not measured, top-level statements are left to the limit
/// on files, and both branches of an #if are read, so braces that only balance per branch may confuse it.
/// </remarks>
internal sealed partial class MemberSpans
{
    private readonly string _code;
    private readonly List<MemberSpan> _members = [];
    private int _at;

    private MemberSpans(string code) => _code = code;

    public static IReadOnlyList<MemberSpan> Of(SourceFile file)
    {
        var spans = new MemberSpans(file.Code);
        while (spans._at < spans._code.Length) spans.ReadBody(inType: false);
        return spans._members;
    }

    /// <summary>Reads the inside of a file, a namespace or a type, up to and including the brace that closes it.</summary>
    private void ReadBody(bool inType)
    {
        while (_at < _code.Length)
        {
            var c = _code[_at];
            if (char.IsWhiteSpace(c) || c == ';') _at++;
            else if (c == '[') SkipBalanced('[', ']');
            else if (c == '}')
            {
                _at++;
                return;
            }
            else ReadMember(inType);
        }
    }

    private void ReadMember(bool inType)
    {
        var start = _at;
        // What follows the header: '=' for data, '>' for an arrow, '{' for a block, none for what has no body.
        var body = '\0';
        while (_at < _code.Length)
        {
            var c = _code[_at];
            if (c is '(' or '[') SkipBalanced(c, c == '(' ? ')' : ']');
            else if (c == '}') break;
            else if (c == ';')
            {
                _at++;
                break;
            }
            else if (c == '{')
            {
                var header = _code[start.._at];
                if (body == '\0' && (IsNamespace().IsMatch(header) || IsType(header)))
                {
                    _at++;
                    ReadBody(inType: IsType(header));
                    return;
                }
                SkipBalanced('{', '}');
                if (body == '\0') body = '{';
                if (body == '{' && NextIsNot('=')) break;
            }
            else
            {
                if (c == '=' && body is '\0' && !IsOperatorName().IsMatch(_code[start.._at]))
                    body = _at + 1 < _code.Length && _code[_at + 1] == '>' ? '>' : '=';
                _at++;
            }
        }
        if (inType && body is '{' or '>') _members.Add(new MemberSpan(NameOf(_code[start.._at]), start, _at - 1));
    }

    private bool NextIsNot(char c)
    {
        var rest = _code.AsSpan(_at).TrimStart();
        return rest.IsEmpty || rest[0] != c;
    }

    private void SkipBalanced(char open, char close)
    {
        var depth = 0;
        for (; _at < _code.Length; _at++)
        {
            if (_code[_at] == open) depth++;
            if (_code[_at] == close && --depth == 0)
            {
                _at++;
                return;
            }
        }
    }

    private static bool IsType(string header) => TypeKeyword().IsMatch(header.Split('(')[0]);

    private static string NameOf(string member)
    {
        var header = member.Split('{')[0].Split("=>")[0].Split('(')[0];
        return LastName().Match(header) is { Success: true } name ? name.Value : header.Trim();
    }

    [GeneratedRegex(@"^\s*namespace\s")]
    private static partial Regex IsNamespace();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+@?\w|^\s*extension\s*(<[^>]*>)?\s*$")]
    private static partial Regex TypeKeyword();

    [GeneratedRegex(@"\boperator\s*(checked\s*)?[^\w\s(]*$")]
    private static partial Regex IsOperatorName();

    [GeneratedRegex(@"\w+(?=\s*(<[^()]*>)?\s*$)")]
    private static partial Regex LastName();
}
