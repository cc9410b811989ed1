namespace MemoryEngine.Agents.Tests;

/// <summary>A test over data sets that are not part of the repository.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public const string Variable = "MEMORYENGINE_DATA";

    public DataFactAttribute()
    {
        if (Root is null) Skip = $"{Variable} does not name a directory with the data sets.";
    }

    public static string? Root => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path && Directory.Exists(path) ? path : null;
}
