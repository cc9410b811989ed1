using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemoryEngine.Cli.Quickstart;

/// <summary>The memories and tasks that come with the tool.</summary>
internal static class Samples
{
    public const string MemoriesName = "memories.jsonl";

    /// <summary>Memories of several domains and all levels, one a line.</summary>
    public static Stream Memories() => Open(MemoriesName);

    /// <summary>Tasks of domains that no memory is of, with the memories that help.</summary>
    public static IReadOnlyList<SampleTask> Tasks()
    {
        using var stream = Open("tasks.json");
        return JsonSerializer.Deserialize(stream, SampleJson.Default.SampleTaskArray)!;
    }

    private static Stream Open(string name) =>
        typeof(Samples).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The tool was built without {name}.");
}

/// <summary>A task that asks for memories.</summary>
internal sealed record SampleTask(string Domain, string Language, string Text, IReadOnlyList<SampleExpectation> Expect);

/// <summary>A memory that helps with it, and why.</summary>
internal sealed record SampleExpectation(Guid Id, string Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SampleTask[]))]
internal sealed partial class SampleJson : JsonSerializerContext;
