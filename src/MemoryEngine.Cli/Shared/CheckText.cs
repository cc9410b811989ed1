using System.Text.Json;

namespace MemoryEngine.Cli.Shared;

/// <summary>How problems of stored data are told.</summary>
internal static class CheckText
{
    public static void WriteProblems(Utf8JsonWriter json, string name, IReadOnlyList<CheckProblem> problems)
    {
        json.WriteStartArray(name);
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("file", problem.File);
            json.WriteNumber("offset", problem.Offset);
            json.WriteString("what", problem.What);
            json.WriteString("consequence", problem.Consequence);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Show(Output output, IReadOnlyList<CheckProblem> problems)
    {
        foreach (var problem in problems)
        {
            output.Line($"{problem.File} at {problem.Offset}: {problem.What}");
            output.Line($"  {problem.Consequence}");
        }
    }
}
