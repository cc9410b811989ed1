namespace MemoryEngine.Cli.Shared;

/// <summary>The errors for what is not there.</summary>
internal static class Unknown
{
    public static MemoryEngineException Memory(Guid id) =>
        new(ErrorCode.NotFound, $"No memory has the id {id}. 'memengine list' shows those there are.");

    public static MemoryEngineException Version(Guid id, int version) =>
        new(ErrorCode.NotFound, $"Memory {id} has no version {version}. 'memengine history {id}' shows those it has.");
}
