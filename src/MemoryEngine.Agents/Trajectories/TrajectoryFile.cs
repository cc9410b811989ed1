using System.Text.Json;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>The forms of recorded runs.</summary>
public enum TrajectoryFormat
{
    /// <summary>Text: <c>$</c> before commands, <c>User:</c> and <c>Agent:</c> before what was said, everything else an output.</summary>
    Plain,

    /// <summary><c>.traj.json</c> of mini-swe-agent, versions 1 and 2.</summary>
    MiniSweAgent,

    /// <summary>Events of OpenHands: an array, one a line, or a <c>history</c>; of versions before 1 and since.</summary>
    OpenHands,

    /// <summary>Sessions of Claude Code, one event a line.</summary>
    ClaudeCode,
}

/// <summary>A file of recorded runs, as far as it could be read.</summary>
/// <param name="Format">The form it was read in.</param>
/// <param name="Trajectories">The runs that hold a step, in order.</param>
/// <param name="Failed">What could not be used.</param>
public sealed record TrajectoryFile(TrajectoryFormat Format, IReadOnlyList<Trajectory> Trajectories, IReadOnlyList<ImportFailure> Failed)
{
    private static readonly string[] Names = ["plain", "mini-swe-agent", "openhands", "claude-code"];

    /// <summary>The names of the forms, in the order of the enum.</summary>
    public static IReadOnlyList<string> FormatNames => Names;

    /// <summary>The form of a name; null when there is none.</summary>
    public static TrajectoryFormat? FormatOf(string name) => Array.IndexOf(Names, name) is var i and >= 0 ? (TrajectoryFormat)i : null;

    /// <summary>Reads a file, plain or gzipped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its form; null tells it by its content.</param>
    /// <exception cref="ArgumentException">Its form cannot be told.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TrajectoryFile Read(string path, TrajectoryFormat? format = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var parsed = new ParsedFile(path);
        try
        {
            var bytes = InputFile.ReadBytes(path);
            var form = format ?? Detect(bytes) ?? throw new ArgumentException(
                $"What {path} records cannot be told by its content; say which form it has: {string.Join(", ", Names)}.", nameof(path));
            return new TrajectoryFile(form, [.. Read(parsed, form, path, bytes).Where(t => t.Steps.Count > 0)], parsed.Failures);
        }
        catch (InvalidDataException e)
        {
            parsed.Fail(1, e.Message);
        }
        catch (JsonException e)
        {
            parsed.Fail((e.LineNumber ?? 0) + 1, $"The file is not JSON: {e.Message.Split(" LineNumber:")[0]} Nothing of it was read.");
        }
        catch (InvalidOperationException)
        {
            parsed.Fail(1, "The file holds bytes or escapes that are no Unicode text. Nothing of it was read.");
        }
        return new TrajectoryFile(format ?? TrajectoryFormat.Plain, [], parsed.Failures);
    }

    private static IEnumerable<Trajectory> Read(ParsedFile parsed, TrajectoryFormat format, string path, ReadOnlyMemory<byte> bytes)
    {
        switch (format)
        {
            case TrajectoryFormat.ClaudeCode:
            {
                using var stream = InputFile.Open(path);
                return [.. ClaudeCodeReader.Read(parsed, stream).Select(s => s.Trajectory)];
            }
            case TrajectoryFormat.MiniSweAgent: return [MiniSweAgentReader.Read(parsed, bytes)];
            case TrajectoryFormat.OpenHands: return OpenHandsReader.Read(parsed, bytes);
            default: return [PlainReader.Read(parsed, InputFile.ReadText(path))];
        }
    }

    // By the first object; what does not begin as JSON is text.
    private static TrajectoryFormat? Detect(ReadOnlyMemory<byte> bytes)
    {
        var text = bytes.Span.Trim(" \t\r\n\uFEFF"u8);
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[')) return TrajectoryFormat.Plain;
        var json = new Utf8JsonReader(text);
        try
        {
            using var document = JsonDocument.ParseValue(ref json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.Items("messages").Any()) return TrajectoryFormat.MiniSweAgent;
            if (OpenHandsReader.IsEvents(root)) return TrajectoryFormat.OpenHands;
            return root.Text("sessionId") is not null || root.Text("leafUuid") is not null ? TrajectoryFormat.ClaudeCode : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
