using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports.Markdown;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Agents.Trajectories;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// Sessions of agents become what can be kept of them without a model: the trajectory (a trace) and the commands that worked (a
/// procedure). 'distill' makes more of them.
/// </summary>
internal static class TranscriptParser
{
    private const int TitleCharacters = 120;
    private const int KeyCharacters = 2_000;

    public static ParsedFile ParseClaudeCode(string file, Stream stream)
    {
        var parsed = new ParsedFile(file);
        foreach (var (line, trajectory) in ClaudeCodeReader.Read(parsed, stream)) Add(parsed, line, trajectory);
        return parsed;
    }

    private static void Add(ParsedFile parsed, long line, Trajectory trajectory)
    {
        var id = trajectory.Id!;
        var trace = MemoryIds(id).Trace;
        parsed.Items.Add(new ImportItem(line, ItemIdentity.Key, $"{id}/trajectory", Trace(trajectory) with { Id = trace }));
        if (Procedure(trajectory, trace) is { } procedure)
            parsed.Items.Add(new ImportItem(line, ItemIdentity.Key, $"{id}/procedure", procedure with { Id = MemoryIds(id).Procedure }));
    }

    /// <summary>The ids of what a session of Claude Code becomes, wherever its file lies.</summary>
    public static (Guid Trace, Guid Procedure) MemoryIds(string session) =>
        (StableId.Of("import", "claude-code", session, "trajectory"), StableId.Of("import", "claude-code", session, "procedure"));

    /// <summary>The trajectory itself as a memory.</summary>
    public static MemoryDraft Trace(Trajectory trajectory) => Base(trajectory) with
    {
        Text = TrajectoryText.Of(trajectory),
        Level = MemoryLevel.Trace,
        Format = MemoryFormat.Trajectory,
    };

    /// <summary>The commands that worked as a memory; null when none is known to have.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="parent">The memory that holds the trajectory.</param>
    public static MemoryDraft? Procedure(Trajectory trajectory, Guid parent) =>
        ProcedureExtract.Of(trajectory) is not { } extract ? null : Base(trajectory) with
        {
            Text = extract,
            Level = MemoryLevel.Procedure,
            Format = MemoryFormat.Workflow,
            Tags = ["extract"],
            Extra = new JsonObject { [ParentIds.Field] = ParentIds.Of([parent]) }.ToJsonString(),
        };

    private static MemoryDraft Base(Trajectory trajectory)
    {
        var task = SecretLines.LeaveOut(trajectory.Task ?? "");
        var title = GuidanceDraft.Shorten(task.TrimStart().Split('\n', 2)[0], TitleCharacters);
        return new MemoryDraft
        {
            Text = "",
            Title = title.Length > 0 ? title : null,
            Task = title.Length > 0 ? title : trajectory.Id,
            Key = task.Length > 0 ? TrajectoryText.Cut(task, KeyCharacters) : null,
            Model = trajectory.Model,
            Result = trajectory.Result,
        };
    }
}
