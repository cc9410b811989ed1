namespace MemoryEngine.Server.Sessions;

/// <summary>Bytes that all sessions share. A session asks before it makes room; none of them waits for another.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes; false when so many are not left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit) return true;
        Give(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
