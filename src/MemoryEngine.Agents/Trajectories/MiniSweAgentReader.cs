using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// Runs of mini-swe-agent: messages as in chat interfaces. Since version 2 an assistant's <c>extra.actions</c> are its commands and the
/// answers have <c>extra.returncode</c>; before, the command is the one block of bash in the text, and the answer begins with
/// <c>&lt;returncode&gt;</c>. "Submitted" says that the agent was done, not that it was right, so the result stays open.
/// </summary>
internal static partial class MiniSweAgentReader
{
    public static Trajectory Read(ParsedFile parsed, ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        var steps = new List<TrajectoryStep>();
        var open = new Queue<int>();
        var (number, hasMessages) = (0, false);
        foreach (var message in root.Items("messages"))
        {
            hasMessages = true;
            number++;
            if (message.ValueKind != JsonValueKind.Object || message.Text("role") is not { } role)
            {
                parsed.Fail(1, $"Message {number} has no 'role'. It was left out.");
                continue;
            }
            var content = RecalledText.Remove(message.Content("content") ?? "", out var blocks, out _).Trim();
            parsed.Recalled += blocks;
            if (role == "assistant") ReadAssistant(message, content, steps, open);
            else if (role is "user" or "tool") ReadAnswer(message, content, steps, open);
        }
        if (!hasMessages) parsed.Fail(1, "The file has no array 'messages' with anything in it; a trajectory of mini-swe-agent has.");
        var info = root.Object("info");
        return new Trajectory
        {
            Task = steps.FirstOrDefault(s => s.Kind == StepKind.Request)?.Text,
            Model = info.Object("config").Object("model").Text("model_name"),
            Steps = steps,
        };
    }

    private static void ReadAssistant(JsonElement message, string content, List<TrajectoryStep> steps, Queue<int> open)
    {
        open.Clear();
        var commands = message.Object("extra").Items("actions").Select(a => a.Text("command")).Where(c => c is { Length: > 0 }).ToList();
        var thought = content;
        if (commands.Count == 0 && Command().Matches(content) is { Count: 1 } blocks)
        {
            commands.Add(blocks[0].Groups[1].Value.Trim());
            thought = content.Remove(blocks[0].Index, blocks[0].Length).Trim();
        }
        if (thought.Length > 0) steps.Add(new TrajectoryStep(StepKind.Thought, thought));
        foreach (var command in commands)
        {
            open.Enqueue(steps.Count);
            steps.Add(new TrajectoryStep(StepKind.Command, command!));
        }
    }

    // Answers come in the order of the commands.
    private static void ReadAnswer(JsonElement message, string content, List<TrajectoryStep> steps, Queue<int> open)
    {
        if (open.TryDequeue(out var at))
        {
            var extra = message.Object("extra");
            var code = extra.Number("returncode") ?? ReturnCodeOf(content);
            var output = extra.Text("raw_output") ?? (Output().Match(content) is { Success: true } inner ? inner.Groups[1].Value : content);
            steps[at] = steps[at] with
            {
                Output = RecalledText.Remove(output, out _, out _).Trim(),
                ExitCode = code,
                Worked = code is { } c ? c == 0 : null,
            };
            return;
        }
        if (content.Length == 0) return;
        // The first message holds the task among instructions that are the same for all.
        var task = Description().Match(content) is { Success: true } description ? description.Groups[1].Value.Trim() : content;
        steps.Add(new TrajectoryStep(StepKind.Request, task));
    }

    private static int? ReturnCodeOf(string content) =>
        ReturnCode().Match(content) is { Success: true } match
            && int.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    [GeneratedRegex(@"```(?:bash|sh|mswea_bash_command)[ \t]*\n([\s\S]*?)\n```")]
    private static partial Regex Command();

    [GeneratedRegex(@"<returncode>\s*(-?\d{1,9})\s*</returncode>")]
    private static partial Regex ReturnCode();

    [GeneratedRegex(@"<output>\n?([\s\S]*?)</output>")]
    private static partial Regex Output();

    [GeneratedRegex(@"<pr_description>([\s\S]*?)</pr_description>")]
    private static partial Regex Description();
}
