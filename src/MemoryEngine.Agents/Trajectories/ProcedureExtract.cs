namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// The commands of a run that worked, in their order, with the files that were changed between them: what can be said of a run without
/// a model. It says so in its first line, since nobody judged which of them mattered.
/// </summary>
public static class ProcedureExtract
{
    /// <summary>The first line of every extract.</summary>
    public const string Label = "Commands that worked, in order (taken from the record of a run, without a model):";

    private const int CommandCharacters = 600;
    private const int MaxCommands = 60;

    /// <summary>The extract of a run; null when no command is known to have worked.</summary>
    public static string? Of(Trajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        var lines = new List<string>();
        var (commands, failed) = (0, 0);
        string? last = null;
        foreach (var step in trajectory.Steps)
        {
            if (step.Kind is not (StepKind.Command or StepKind.Edit)) continue;
            if (step.Worked is not true)
            {
                if (step.Kind == StepKind.Command && step.Worked is false) failed++;
                continue;
            }
            var line = step.Kind == StepKind.Command ? $"$ {Command(step.Text)}" : $"# changed {step.Text.Split('\n', 2)[0].Trim()}";
            // What is repeated at once says nothing new; what is run again after something else does.
            if (line == last) continue;
            lines.Add(line);
            last = line;
            if (step.Kind == StepKind.Command) commands++;
        }
        if (commands == 0) return null;
        if (lines.Count > MaxCommands)
        {
            var left = lines.Count - MaxCommands;
            lines = [.. lines.Take(MaxCommands / 3), $"# {left} lines were left out here", .. lines.Skip((MaxCommands / 3) + left)];
        }
        if (failed > 0) lines.Add($"# {failed} {(failed == 1 ? "command" : "commands")} that failed {(failed == 1 ? "is" : "are")} left out.");
        return string.Join('\n', lines.Prepend(Label));
    }

    private static string Command(string text) => TrajectoryText.Cut(SecretLines.LeaveOut(text.Trim()), CommandCharacters);
}
