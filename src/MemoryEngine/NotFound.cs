namespace MemoryEngine;

/// <summary>The errors for ids that the pool does not know.</summary>
internal static class NotFound
{
    public static MemoryEngineException Memory(Guid id) => new(
        ErrorCode.NotFound, $"The pool has no memory {id}. 'list' shows those it has.");
}
