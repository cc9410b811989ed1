using System.Numerics;

namespace MemoryEngine.Records;

/// <summary>
/// How one memory budget is divided: half for log pages, at most a quarter for the hash index, the rest for overflow
/// buckets, the flush buffer and read buffers. FASTER takes powers of two only.
/// </summary>
internal readonly record struct MemoryPlan(int LogMemoryBits, long IndexBuckets)
{
    /// <summary>One mebibyte, whatever the budget: records never cross a page, so its size is part of the file format.</summary>
    public const int PageBits = 20;

    public const int PageBytes = 1 << PageBits;

    private const int BucketBytes = 64;
    private const int EntriesPerBucket = 7;
    private const long FewestBuckets = 1024;

    public static MemoryPlan For(RecordStoreOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(
            options.MemoryBudgetBytes, RecordStoreOptions.SmallestMemoryBudgetBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ExpectedRecords, nameof(options));
        var logBits = BitOperations.Log2((ulong)options.MemoryBudgetBytes / 2);
        var mostBuckets = 1L << BitOperations.Log2((ulong)options.MemoryBudgetBytes / 4 / BucketBytes);
        // Two thirds full, so that few buckets overflow.
        var wanted = (long)BitOperations.RoundUpToPowerOf2((ulong)(options.ExpectedRecords * 3 / (2 * EntriesPerBucket)) + 1);
        return new MemoryPlan(Math.Min(logBits, 34), Math.Clamp(wanted, FewestBuckets, mostBuckets));
    }

    public long IndexBytes => IndexBuckets * BucketBytes;
}
