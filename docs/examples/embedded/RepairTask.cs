using System.Text.Json;

namespace RepairAgent;

/// <summary>A file that does not parse, where it comes from, and what its reader needs from it.</summary>
/// <param name="File">Its name in the folder <c>tasks</c>.</param>
/// <param name="Domain">Where it comes from: the domain of the task.</param>
/// <param name="Needs">Properties that must be there when it is repaired.</param>
internal sealed record RepairTask(string File, string Domain, IReadOnlyList<string> Needs)
{
    public static IReadOnlyList<RepairTask> All { get; } =
    [
        new("settings.json", "editor/settings", ["tabSize", "rulers"]),
        new("pipeline.json", "ci/pipelines", ["steps", "timeout"]),
        new("run.json", "data/python", ["passed", "error"]),
        new("answer.json", "agents/answers", ["files", "reason"]),
        new("bundle.json", "web/config", ["entry", "minify"]),
        new("fields.json", "data/exports", ["fields", "complete"]),
        new("inventory.json", "ops/hosts", ["hosts"]),
        new("upload.json", "web/uploads", ["parts"]),
    ];

    public string Text => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tasks", File));

    /// <summary>The verifier: null when a text is what the reader needs, otherwise what is wrong with it, without places.</summary>
    public string? Fault(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var missing = Needs.FirstOrDefault(name => root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out _));
            return missing is null ? null : $"the property {missing} is missing";
        }
        catch (JsonException fault)
        {
            return fault.Message.Split(" LineNumber: ")[0].Split(" Path: ")[0];
        }
    }
}
