namespace MemoryEngine.Agents.Mcp.Tools;

/// <summary>The error for an id that the pool does not know.</summary>
internal static class Unknown
{
    public static MemoryEngineException Memory(Guid id) => new(ErrorCode.NotFound, $"The pool has no memory {id}.");
}
