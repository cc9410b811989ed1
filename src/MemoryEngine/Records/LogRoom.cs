namespace MemoryEngine.Records;

/// <summary>
/// Counts the log bytes promised to bodies that are journalled, or about to be, and not put yet; says how far the log
/// can reach once they are. Promises come from the writer, releases from the applier.
/// </summary>
internal sealed class LogRoom
{
    /// <summary>Header, key, length field, padding to 8 bytes, twice: a record in front and the value's own header.</summary>
    private const int OverheadBytes = ColdReader.RecordHeaderBytes + StoredValue.HeaderBytes + 8;

    private const int MostRecordBytes = StoredValue.MostBytes + OverheadBytes;

    /// <summary>For what fills the last block at checkpoints, and blocks being written whole.</summary>
    private const int SlackBytes = 16 * LogBlock.Bytes;

    private long _promised;

    public long Promised => Volatile.Read(ref _promised);

    /// <summary>Adds a body and returns all that is promised.</summary>
    public long Promise(long bodyBytes) => Interlocked.Add(ref _promised, CostOf(bodyBytes));

    /// <summary>Takes a body away. One that was never promised, as in a replay, leaves nothing owed.</summary>
    public void Release(long bodyBytes)
    {
        var cost = CostOf(bodyBytes);
        long before, after;
        do
        {
            before = Volatile.Read(ref _promised);
            after = Math.Max(0, before - cost);
        }
        while (Interlocked.CompareExchange(ref _promised, after, before) != before);
    }

    /// <summary>Where the log ends at most. A record that does not fit a page's rest begins the next page.</summary>
    public static long EndAfter(long tail, long promised)
    {
        var pages = (promised / (MemoryPlan.PageBytes - MostRecordBytes)) + 1;
        return tail + promised + (pages * MostRecordBytes) + SlackBytes;
    }

    private static long CostOf(long bodyBytes) => bodyBytes + ((long)StoredValue.ChunksOf(bodyBytes) * OverheadBytes);
}
