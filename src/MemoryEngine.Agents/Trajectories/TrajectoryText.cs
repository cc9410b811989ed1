using System.Text;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// A trajectory as a text: one step after the other, commands behind <c>$</c>, outputs indented. Outputs are cut in their middle, and
/// where all of it is too long, steps in the middle are left out, since a run is understood by its beginning and its end.
/// </summary>
public static class TrajectoryText
{
    /// <summary>UTF-16 characters that a stored trajectory takes at most, about: some 12,000 tokens.</summary>
    public const int StoredCharacters = 48_000;

    private const int OutputCharacters = 1_500;
    private const int StepCharacters = 4_000;

    /// <summary>Writes a trajectory, without secrets and without what the engine handed over.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="characters">The most UTF-16 characters, about.</param>
    public static string Of(Trajectory trajectory, int characters = StoredCharacters)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentOutOfRangeException.ThrowIfLessThan(characters, 1_000);
        var steps = trajectory.Steps.Select(Step).ToList();
        var total = steps.Sum(s => (long)s.Length + 1);
        if (total <= characters) return string.Join('\n', steps);
        // The first third of the room for how it began, the rest for how it ended.
        var (first, room) = (0, characters / 3);
        while (first < steps.Count && (room -= steps[first].Length + 1) >= 0) first++;
        var (last, rest) = (steps.Count, characters - (characters / 3));
        while (last > first && (rest -= steps[last - 1].Length + 1) >= 0) last--;
        return string.Join('\n', steps.Take(first).Append($"[{last - first} steps were left out here]").Concat(steps.Skip(last)));
    }

    private static string Step(TrajectoryStep step)
    {
        var text = new StringBuilder();
        var said = Cut(SecretLines.LeaveOut(step.Text.Trim()), StepCharacters);
        text.Append(step.Kind switch
        {
            StepKind.Request => $"User: {said}",
            StepKind.Thought => $"Agent: {said}",
            StepKind.Command => $"$ {said}",
            StepKind.Edit => $"Edit: {said}",
            _ => $"Tool: {said}",
        });
        if (step.ExitCode is { } code && code != 0) text.Append($"\n  [exit code {code}]");
        else if (step.Worked is false) text.Append("\n  [failed]");
        if (step.Output?.Trim() is { Length: > 0 } output)
        {
            foreach (var line in Cut(SecretLines.LeaveOut(output), OutputCharacters).Split('\n')) text.Append("\n  ").Append(line.TrimEnd());
        }
        return text.ToString();
    }

    /// <summary>A text, without its middle where it is too long.</summary>
    internal static string Cut(string text, int characters)
    {
        if (text.Length <= characters) return text;
        var (head, tail) = (characters * 2 / 3, characters / 3);
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[^tail])) tail--;
        return $"{text[..head]}\n[{text.Length - head - tail} characters were left out here]\n{text[^tail..]}";
    }
}
