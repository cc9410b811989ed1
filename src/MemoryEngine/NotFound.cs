namespace MemoryEngine;

/// <summary>The errors for ids that the pool does not know, or knows to be gone.</summary>
internal static class NotFound
{
    public static MemoryEngineException Purged(Guid id) => new(
        ErrorCode.Purged, $"Memory {id} was purged: it was removed for good, and its id is not used again.");

    public static MemoryEngineException Memory(Guid id) => new(
        ErrorCode.NotFound, $"The pool has no memory {id}. 'list' shows those it has.");

    public static MemoryEngineException Transfer(Guid id) => new(
        ErrorCode.NotFound, $"{id} is no transfer of this pool. A recall gives the id of its transfer.");

    public static MemoryEngineException OldTransfer(Guid id) => new(
        ErrorCode.NotFound, $"Transfer {id} is so long ago that its candidates are no longer kept; what they add up to is.");
}
