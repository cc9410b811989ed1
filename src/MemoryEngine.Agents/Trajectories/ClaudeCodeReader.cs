using System.Text.Json;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// Sessions of Claude Code: one event a line, of type <c>user</c>, <c>assistant</c> and others that do not matter here. An assistant's
/// <c>tool_use</c> and the <c>tool_result</c> that answers it by id are one step. What subagents did (<c>isSidechain</c>) and what the
/// runtime says to the model (<c>isMeta</c>) is left out.
/// </summary>
internal sealed class ClaudeCodeReader
{
    private readonly ParsedFile _parsed;
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    private ClaudeCodeReader(ParsedFile parsed) => _parsed = parsed;

    /// <summary>The sessions of a file, in the order in which they begin, each with its first line.</summary>
    public static IReadOnlyList<(long Line, Trajectory Trajectory)> Read(ParsedFile parsed, Stream stream)
    {
        var reader = new ClaudeCodeReader(parsed);
        JsonText.Lines(parsed, stream, reader.ReadEvent);
        return [.. reader._sessions.Values.Where(s => s.Steps.Count > 0).OrderBy(s => s.Line).Select(s => (s.Line, s.Build()))];
    }

    private void ReadEvent(long line, JsonElement item)
    {
        var type = item.Text("type");
        if (type is not ("user" or "assistant")) return;
        if (item.IsTrue("isSidechain") || item.IsTrue("isMeta"))
        {
            _parsed.LeaveOut(item.IsTrue("isSidechain") ? "events of subagents" : "events of the runtime itself");
            return;
        }
        var message = item.Object("message");
        if (message.ValueKind != JsonValueKind.Object)
        {
            _parsed.Fail(line, $"The event of type '{type}' has no 'message'. It was left out.");
            return;
        }
        var id = item.Text("sessionId") ?? Path.GetFileNameWithoutExtension(_parsed.File);
        if (!_sessions.TryGetValue(id, out var session)) _sessions.Add(id, session = new Session(id, line));
        if (type == "user") ReadUser(session, message);
        else ReadAssistant(session, message);
    }

    private void ReadUser(Session session, JsonElement message)
    {
        if (message.Text("content") is { } said)
        {
            session.Say(StepKind.Request, Clean(said));
            return;
        }
        foreach (var part in message.Items("content"))
        {
            if (part.Text("type") == "text") session.Say(StepKind.Request, Clean(part.Text("text") ?? ""));
            else if (part.Text("type") == "tool_result" && part.Text("tool_use_id") is { } id)
                session.Answer(id, Clean(part.Content("content") ?? ""), part.IsTrue("is_error"));
        }
    }

    private void ReadAssistant(Session session, JsonElement message)
    {
        session.Model ??= message.Text("model") is { } model && !model.StartsWith('<') ? model : null;
        if (message.Text("content") is { } said) session.Say(StepKind.Thought, Clean(said));
        foreach (var part in message.Items("content"))
        {
            switch (part.Text("type"))
            {
                case "text": session.Say(StepKind.Thought, Clean(part.Text("text") ?? "")); break;
                case "tool_use": session.Call(part.Text("id") ?? "", Step(part.Text("name") ?? "tool", part.Object("input"))); break;
                // Thoughts that a runtime keeps to itself are signed and not meant to be shown again.
                default: break;
            }
        }
    }

    private static TrajectoryStep Step(string name, JsonElement input)
    {
        if (name is "Bash" && input.Text("command") is { } command) return new TrajectoryStep(StepKind.Command, command);
        if (name is "Edit" or "MultiEdit" or "Write" or "NotebookEdit" && (input.Text("file_path") ?? input.Text("notebook_path")) is { } path)
            return new TrajectoryStep(StepKind.Edit, Change(path, input));
        return new TrajectoryStep(StepKind.Tool, input.ValueKind == JsonValueKind.Object ? $"{name} {input.GetRawText()}" : name);
    }

    private static string Change(string path, JsonElement input)
    {
        if ((input.Text("content") ?? input.Text("new_source")) is { } whole) return $"{path}\n{whole}";
        if (input.Text("new_string") is not { } after) return path;
        var before = input.Text("old_string") ?? "";
        return $"{path}\n{Marked('-', before)}\n{Marked('+', after)}";
    }

    private static string Marked(char mark, string text) => string.Join('\n', text.Split('\n').Select(l => $"{mark} {l}"));

    private string Clean(string text)
    {
        var clean = RecalledText.Remove(text, out var blocks, out _);
        _parsed.Recalled += blocks;
        return clean;
    }

    private sealed class Session(string id, long line)
    {
        private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);

        public long Line => line;

        public string? Model { get; set; }

        public List<TrajectoryStep> Steps { get; } = [];

        public void Say(StepKind kind, string text)
        {
            if (string.IsNullOrWhiteSpace(text)) return;
            // Slash commands and their output come in tags of the runtime's.
            if (kind == StepKind.Request && text.StartsWith('<') && text.Contains("command-", StringComparison.Ordinal)) return;
            Steps.Add(new TrajectoryStep(kind, text.Trim()));
        }

        public void Call(string call, TrajectoryStep step)
        {
            _calls[call] = Steps.Count;
            Steps.Add(step);
        }

        public void Answer(string call, string output, bool isError)
        {
            if (_calls.TryGetValue(call, out var at)) Steps[at] = Steps[at] with { Output = output, Worked = !isError };
        }

        public Trajectory Build() => new()
        {
            Id = id,
            Model = Model,
            Task = Steps.FirstOrDefault(s => s.Kind == StepKind.Request)?.Text,
            Steps = Steps,
        };
    }
}
