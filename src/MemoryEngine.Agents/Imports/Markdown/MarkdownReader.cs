using System.Text.RegularExpressions;

namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>
/// Reads Markdown as sections of blocks: headings, lists, fences and comments of CommonMark, as far as they matter for where one memory
/// ends and the next begins. Never fails: what is no Markdown is prose.
/// </summary>
internal sealed partial class MarkdownReader
{
    private readonly string[] _lines;
    private readonly List<MarkdownSection> _sections = [];
    private readonly string?[] _headings = new string?[6];
    private List<MarkdownBlock> _blocks = [];
    private int _at;

    private MarkdownReader(string text) => _lines = text.Split('\n');

    /// <summary>The sections that hold anything.</summary>
    public static IReadOnlyList<MarkdownSection> Read(string text)
    {
        var reader = new MarkdownReader(text);
        reader.Run();
        return reader._sections;
    }

    private void Run()
    {
        while (_at < _lines.Length)
        {
            var line = _lines[_at];
            if (string.IsNullOrWhiteSpace(line)) _at++;
            else if (line.TrimStart().StartsWith("<!--", StringComparison.Ordinal)) SkipComment();
            else if (Fence().Match(line) is { Success: true } fence) ReadCode(fence);
            else if (AtxHeading().Match(line) is { Success: true } heading) EnterHeading(heading.Groups[1].Length, heading.Groups[2].Value);
            else if (Bullet().IsMatch(line)) ReadBullet();
            else if (Step().IsMatch(line)) ReadSteps();
            else if (!Rule().IsMatch(line)) ReadParagraph();
            else _at++;
        }
        EndSection();
    }

    private void EnterHeading(int level, string text)
    {
        EndSection();
        _headings[level - 1] = Plain(text);
        for (var i = level; i < _headings.Length; i++) _headings[i] = null;
        _at++;
    }

    private void EndSection()
    {
        if (_blocks.Count == 0) return;
        _sections.Add(new MarkdownSection([.. _headings.Where(h => h is { Length: > 0 }).Select(h => h!)], _blocks[0].Line, _blocks));
        _blocks = [];
    }

    private void SkipComment()
    {
        while (_at < _lines.Length && !_lines[_at].Contains("-->", StringComparison.Ordinal)) _at++;
        _at++;
    }

    private void ReadCode(Match fence)
    {
        var start = _at++;
        while (_at < _lines.Length && !Closes(_lines[_at], fence)) _at++;
        _at = Math.Min(_at + 1, _lines.Length);
        Add(start, BlockKind.Code);
    }

    // With all that belongs to it: indented lines, also behind a blank one, and lines that lazily go on.
    private void ReadBullet()
    {
        var start = _at++;
        Continue(line => Bullet().IsMatch(line));
        Add(start, BlockKind.Bullet);
    }

    private void ReadSteps()
    {
        var start = _at++;
        while (true)
        {
            Continue(line => Step().IsMatch(line));
            var next = NextVisible();
            if (next < 0 || !Step().IsMatch(_lines[next])) break;
            _at = next + 1;
        }
        Add(start, BlockKind.Steps);
    }

    private void Continue(Func<string, bool> isNext)
    {
        var isAfterBlank = false;
        for (; _at < _lines.Length; _at++)
        {
            var line = _lines[_at];
            if (string.IsNullOrWhiteSpace(line))
            {
                isAfterBlank = true;
                continue;
            }
            var isIndented = line[0] is ' ' or '\t' && Indent(line) >= 2;
            if (!isIndented && (isAfterBlank || isNext(line) || IsStart(line))) break;
            if (Fence().Match(line) is { Success: true } fence)
                while (_at + 1 < _lines.Length && !Closes(_lines[++_at], fence)) { }
            isAfterBlank = false;
        }
    }

    private void ReadParagraph()
    {
        var start = _at++;
        for (; _at < _lines.Length && !string.IsNullOrWhiteSpace(_lines[_at]); _at++)
        {
            // CommonMark makes a heading of any number of lines; what has several is prose with a line under it.
            if (_at == start + 1 && Underline().Match(_lines[_at]) is { Success: true } underline)
            {
                EnterHeading(underline.Value.TrimStart()[0] == '=' ? 1 : 2, _lines[start]);
                return;
            }
            if (Rule().IsMatch(_lines[_at])) break;
            if (IsStart(_lines[_at])) break;
        }
        Add(start, BlockKind.Paragraph);
    }

    private void Add(int start, BlockKind kind)
    {
        var text = string.Join('\n', _lines[start.._at]).TrimEnd();
        _blocks.Add(new MarkdownBlock(start + 1, kind, text));
    }

    private int NextVisible()
    {
        for (var i = _at; i < _lines.Length; i++)
            if (!string.IsNullOrWhiteSpace(_lines[i])) return i;
        return -1;
    }

    private static bool IsStart(string line) =>
        AtxHeading().IsMatch(line) || Bullet().IsMatch(line) || Step().IsMatch(line) || Fence().IsMatch(line)
        || line.StartsWith("<!--", StringComparison.Ordinal);

    private static bool Closes(string line, Match fence)
    {
        var (text, mark) = (line.Trim(), fence.Groups[1].Value);
        return text.Length >= mark.Length && text.All(c => c == mark[0]);
    }

    private static int Indent(string line) => line.TakeWhile(c => c is ' ' or '\t').Sum(c => c == '\t' ? 4 : 1);

    // A heading as it is read, not as it is written.
    private static string Plain(string heading) => Emphasis().Replace(heading.Trim().TrimEnd('#').TrimEnd(), "$2");

    [GeneratedRegex(@"^ {0,3}(#{1,6})(?:[ \t]+(.*))?$")]
    private static partial Regex AtxHeading();

    [GeneratedRegex(@"^ {0,3}(?:=+|-{2,})[ \t]*$")]
    private static partial Regex Underline();

    [GeneratedRegex(@"^ {0,3}[-*+][ \t]+\S")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"^ {0,3}\d{1,9}[.)][ \t]+\S")]
    private static partial Regex Step();

    [GeneratedRegex(@"^[ \t]*(`{3,}|~{3,})[^`]*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"(\*\*|__|\*|`)(\S(?:.*?\S)?)\1")]
    private static partial Regex Emphasis();
}
