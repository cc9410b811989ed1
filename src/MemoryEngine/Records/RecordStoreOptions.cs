namespace MemoryEngine.Records;

/// <summary>How much memory the record store may use, and what to expect. None of it is stored: it may differ at each opening.</summary>
internal sealed record RecordStoreOptions
{
    public const long SmallestMemoryBudgetBytes = 16 << 20;

    /// <summary>Hash index, log memory and buffers together. At least 16 MiB.</summary>
    public long MemoryBudgetBytes { get; init; } = 64 << 20;

    /// <summary>
    /// How many values (a body, or 32 KiB of a longer one) are expected, for the size of the hash index. More are no
    /// error: the index then grows by overflow buckets. A step of this hint makes one opening scan the whole log.
    /// </summary>
    public long ExpectedRecords { get; init; } = 100_000;
}
