using System.Text.Json;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// Runs of OpenHands. Before version 1 an event has <c>action</c> (<c>run</c> with <c>args.command</c>, <c>edit</c>, <c>message</c>, …) or
/// <c>observation</c> with <c>content</c>, an exit code in <c>extras</c> and the <c>cause</c> that it answers; since, a <c>kind</c>
/// (<c>ActionEvent</c>, <c>ObservationEvent</c>, <c>MessageEvent</c>) and calls are matched by <c>tool_call_id</c>. Evaluations keep the
/// events of a run in <c>history</c>, one run a line, and say whether it was <c>resolved</c>.
/// </summary>
internal sealed class OpenHandsReader
{
    private readonly ParsedFile _parsed;
    private readonly List<TrajectoryStep> _steps = [];
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private int _lastCall = -1;

    private OpenHandsReader(ParsedFile parsed) => _parsed = parsed;

    /// <summary>Whether a document, or the first line of one, is made of such events.</summary>
    public static bool IsEvents(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            var first = root.EnumerateArray().FirstOrDefault();
            return first.ValueKind == JsonValueKind.Array || IsEvent(first);
        }
        return root.Items("history").Any() || IsEvent(root);
    }

    public static IReadOnlyList<Trajectory> Read(ParsedFile parsed, ReadOnlyMemory<byte> bytes)
    {
        var text = bytes.Span.Trim(" \t\r\n\uFEFF"u8);
        if (!text.IsEmpty && text[0] == (byte)'[')
        {
            using var document = JsonDocument.Parse(bytes);
            return [Run(parsed, document.RootElement, default)];
        }
        // One run a line, or one event a line.
        var (runs, single) = (new List<Trajectory>(), new OpenHandsReader(parsed));
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        if (IsOneDocument(text))
        {
            using var document = JsonDocument.Parse(bytes);
            return [Run(parsed, document.RootElement.GetProperty("history"), document.RootElement)];
        }
        JsonText.Lines(parsed, stream, (_, item) =>
        {
            if (item.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array) runs.Add(Run(parsed, history, item));
            else single.ReadEvent(item);
        });
        if (single._steps.Count > 0) runs.Add(single.Build(default));
        return runs;
    }

    private static bool IsOneDocument(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        try
        {
            using var document = JsonDocument.ParseValue(ref json);
            return json.BytesConsumed == text.Length && document.RootElement.Items("history").Any();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsEvent(JsonElement item) =>
        item.Text("action") is not null || item.Text("observation") is not null
        || item.Text("kind") is "ActionEvent" or "ObservationEvent" or "MessageEvent" or "SystemPromptEvent";

    private static Trajectory Run(ParsedFile parsed, JsonElement events, JsonElement run)
    {
        var reader = new OpenHandsReader(parsed);
        foreach (var item in events.EnumerateArray())
        {
            // Old histories hold pairs of an action and its observation.
            if (item.ValueKind == JsonValueKind.Array)
                foreach (var one in item.EnumerateArray()) reader.ReadEvent(one);
            else reader.ReadEvent(item);
        }
        return reader.Build(run);
    }

    private Trajectory Build(JsonElement run)
    {
        var instruction = run.Text("instruction");
        JsonElement[] judged = [run, run.Object("report"), run.Object("test_result").Object("report")];
        return new Trajectory
        {
            Task = instruction ?? _steps.FirstOrDefault(s => s.Kind == StepKind.Request)?.Text,
            Model = run.Object("metadata").Object("llm_config").Text("model"),
            Result = Array.Exists(judged, j => j.IsTrue("resolved")) ? TaskResult.Pass
                : Array.Exists(judged, j => j.IsFalse("resolved")) ? TaskResult.Fail
                : TaskResult.Unknown,
            Steps = _steps,
        };
    }

    private void ReadEvent(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            _parsed.LeaveOut("events that are no objects");
            return;
        }
        switch (item.Text("kind"))
        {
            case "ActionEvent": ReadAction(item, item.Object("action"), item.Text("tool_name"), item.Text("tool_call_id") ?? item.Text("id")); return;
            case "ObservationEvent": ReadObservation(item.Object("observation"), item.Text("tool_call_id") ?? item.Text("action_id")); return;
            case "AgentErrorEvent": Answer(item.Text("tool_call_id"), item.Text("error"), null, worked: false); return;
            case "MessageEvent": Say(item.Text("source") == "user", item.Object("llm_message").Content("content")); return;
            default: break;
        }
        if (item.Text("action") is { } action) ReadOldAction(item, action, item.Object("args"));
        else if (item.Text("observation") is not null and not ("agent_state_changed" or "null" or "recall")) ReadOldObservation(item);
    }

    private void ReadAction(JsonElement item, JsonElement action, string? tool, string? call)
    {
        Say(false, item.Content("thought"));
        if (tool is "finish") Say(false, action.Text("message"));
        else if (tool is "think") Say(false, action.Text("thought"));
        else Call(call, Step(tool ?? "tool", action));
    }

    private void ReadObservation(JsonElement observation, string? call)
    {
        var code = observation.Number("exit_code") ?? observation.Object("metadata").Number("exit_code");
        var isError = observation.IsTrue("is_error") || observation.IsTrue("error") || observation.Text("error") is { Length: > 0 };
        // -1: the command had not ended when its output was read.
        bool? worked = isError ? false : code switch { 0 => true, null => true, -1 => null, _ => false };
        Answer(call, observation.Content("content") ?? observation.Text("output") ?? observation.Text("error"), code, worked);
    }

    private void ReadOldAction(JsonElement item, string action, JsonElement args)
    {
        var thought = args.Text("thought") ?? args.Text("final_thought");
        switch (action)
        {
            case "message": Say(item.Text("source") == "user", args.Text("content") ?? item.Text("message")); break;
            case "think" or "finish": Say(false, thought); break;
            case "system" or "recall" or "change_agent_state" or "null": break;
            default:
                Say(false, thought);
                Call(item.Number("id")?.ToString(System.Globalization.CultureInfo.InvariantCulture), Step(action, args));
                break;
        }
    }

    private void ReadOldObservation(JsonElement item)
    {
        var extras = item.Object("extras");
        var code = extras.Object("metadata").Number("exit_code") ?? extras.Number("exit_code");
        var isError = item.Text("observation") == "error" || item.IsFalse("success");
        bool? worked = isError ? false : code switch { 0 => true, null => true, -1 => null, _ => false };
        Answer(item.Number("cause")?.ToString(System.Globalization.CultureInfo.InvariantCulture), item.Text("content"), code, worked);
    }

    private static TrajectoryStep Step(string tool, JsonElement input)
    {
        if (tool is "run" or "terminal" or "execute_bash" or "bash" && input.Text("command") is { } command)
            return new TrajectoryStep(StepKind.Command, command);
        if (tool is "edit" or "write" || (tool is "file_editor" or "str_replace_editor" && input.Text("command") is not ("view" or null)))
        {
            var change = input.Text("new_str") ?? input.Text("file_text") ?? input.Text("content");
            return new TrajectoryStep(StepKind.Edit, $"{input.Text("path")}\n{change}".Trim());
        }
        return new TrajectoryStep(StepKind.Tool, input.ValueKind == JsonValueKind.Object ? $"{tool} {input.GetRawText()}" : tool);
    }

    private void Say(bool isUser, string? text)
    {
        if (Clean(text) is { Length: > 0 } said) _steps.Add(new TrajectoryStep(isUser ? StepKind.Request : StepKind.Thought, said));
    }

    private void Call(string? id, TrajectoryStep step)
    {
        _lastCall = _steps.Count;
        if (id is not null) _calls[id] = _steps.Count;
        _steps.Add(step);
    }

    // What names no cause answers the last call.
    private void Answer(string? call, string? output, int? code, bool? worked)
    {
        var at = call is not null && _calls.TryGetValue(call, out var known) ? known : _lastCall;
        if (at < 0) return;
        _steps[at] = _steps[at] with { Output = Clean(output), ExitCode = code is -1 ? null : code, Worked = worked };
        _lastCall = -1;
    }

    private string? Clean(string? text)
    {
        if (text is null) return null;
        var clean = RecalledText.Remove(text, out var blocks, out _).Trim();
        _parsed.Recalled += blocks;
        return clean;
    }
}
