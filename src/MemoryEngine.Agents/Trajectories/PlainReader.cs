using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// A transcript as text, as <see cref="TrajectoryText"/> writes it and people paste it. Whether a command worked is known only where the
/// transcript marks what failed, by <c>[exit code N]</c> or <c>[failed]</c>: a terminal's text alone does not say.
/// </summary>
internal static partial class PlainReader
{
    public static Trajectory Read(ParsedFile parsed, string text)
    {
        text = RecalledText.Remove(text, out var blocks, out _);
        parsed.Recalled += blocks;
        var marksFailures = ExitMark().IsMatch(text);
        var steps = new List<TrajectoryStep>();
        var (said, output) = (new StringBuilder(), new StringBuilder());
        StepKind? kind = null;
        foreach (var line in text.Split('\n'))
        {
            if (Begin().Match(line) is { Success: true } begin)
            {
                End();
                kind = Kind(begin.Groups[1].Value);
                said.Append(begin.Groups[2].Value);
                continue;
            }
            // What is said goes on; what follows a command is what it printed.
            var target = kind is StepKind.Command or StepKind.Edit or StepKind.Tool ? output : said;
            kind ??= StepKind.Thought;
            target.Append('\n').Append(target == output && line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line);
        }
        End();
        return new Trajectory { Task = steps.FirstOrDefault(s => s.Kind == StepKind.Request)?.Text, Steps = steps };

        void End()
        {
            if (kind is { } ended && said.ToString().Trim() is { Length: > 0 } what) steps.Add(Step(ended, what, output.ToString(), marksFailures));
            said.Clear();
            output.Clear();
        }
    }

    private static TrajectoryStep Step(StepKind kind, string said, string output, bool marksFailures)
    {
        var step = new TrajectoryStep(kind, said);
        if (kind is StepKind.Request or StepKind.Thought) return step;
        int? code = null;
        var failed = false;
        foreach (Match mark in ExitMark().Matches(output))
        {
            if (mark.Groups[1].Success) code = int.Parse(mark.Groups[1].Value, CultureInfo.InvariantCulture);
            else failed = true;
        }
        output = ExitMark().Replace(output, "").Trim();
        bool? worked = failed || code is not (null or 0) ? false : marksFailures ? true : null;
        return step with { Output = output.Length > 0 ? output : null, ExitCode = code, Worked = worked };
    }

    private static StepKind Kind(string mark) => mark switch
    {
        "$" => StepKind.Command,
        "User" or "Human" => StepKind.Request,
        "Edit" => StepKind.Edit,
        "Tool" => StepKind.Tool,
        _ => StepKind.Thought,
    };

    [GeneratedRegex(@"^(\$|User|Human|Agent|Assistant|Edit|Tool)(?::| (?<=\$ ))[ \t]*(.*)$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"(?m)^[ \t]*\[(?:exit code (-?\d{1,9})|failed)\][ \t]*$")]
    private static partial Regex ExitMark();
}
