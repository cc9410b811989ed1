namespace MemoryEngine.CrashTests;

/// <summary>What a write is about to do.</summary>
internal enum IntentKind : byte
{
    None = 0,

    /// <summary>A new memory whose id the pool chooses.</summary>
    Create = 1,

    /// <summary>The same, with an idempotency key.</summary>
    CreateKeyed = 2,

    /// <summary>A memory whose id the writer chooses, new or known.</summary>
    Remember = 3,
    Revise = 4,
    Forget = 5,
    Restore = 6,
    Purge = 7,
}

/// <summary>A write that was begun and has not been acknowledged.</summary>
internal readonly record struct Intent(IntentKind Kind, int Content)
{
    public long Packed => ((long)Kind << 32) | (uint)Content;

    public static Intent Unpack(long packed) => new((IntentKind)(packed >> 32), (int)packed);
}

/// <summary>What is known of one memory; version 0 is none. The model that the pool is held to.</summary>
internal readonly record struct SlotState(int Version, int Content, bool Live)
{
    private const int VersionBits = 24;

    public bool Exists => Version > 0;

    public long Packed => ((long)Content << (VersionBits + 1)) | ((long)Version << 1) | (Live ? 1L : 0);

    public static SlotState Unpack(long packed) =>
        new((int)((packed >> 1) & ((1 << VersionBits) - 1)), (int)(packed >> (VersionBits + 1)), (packed & 1) != 0);

    /// <summary>What is left of it when an intent is carried out.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="newest">The newest version that any view knows: numbers are not given twice, though a rollback hides them.</param>
    public SlotState After(Intent intent, SlotState newest) => intent.Kind switch
    {
        IntentKind.None => this,
        IntentKind.Forget => this with { Live = false },
        IntentKind.Restore => this with { Live = true },
        IntentKind.Purge => default,
        _ when Exists && Content == intent.Content => this with { Live = true },
        _ => new SlotState(newest.Version + 1, intent.Content, Live: true),
    };

    /// <summary>
    /// Whether a pool that shows this shows what was expected. A compaction may have given up what a rollback has hidden,
    /// and its numbers with it: a version that came after such ones may have any number above those that are known.
    /// </summary>
    public bool IsSame(SlotState expected, SlotState before) => this == expected
        || (Content == expected.Content && Live == expected.Live && Version > before.Version && Version < expected.Version);
}
