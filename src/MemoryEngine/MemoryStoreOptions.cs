using Microsoft.Extensions.AI;

namespace MemoryEngine;

/// <summary>How a pool is opened. Immutable: vary it with <c>with</c>.</summary>
public sealed record MemoryStoreOptions
{
    /// <summary>Creates the pool when there is none.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Takes no lock and changes no file: the pool as it lies on disk when it is opened.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What a write waits for, unless the call says otherwise.</summary>
    public Durability Durability { get; init; } = Durability.Device;

    /// <summary>
    /// Makes vectors of texts, for memories and for queries; null takes the built-in one, which hashes words and
    /// character trigrams and needs no model. The store does not dispose it. It may be asked by several threads at once, and
    /// is told what for (<see cref="EmbeddingPurpose"/>). A text that it cannot take it refuses with an
    /// <see cref="ArgumentException"/>; any other exception says that it is down, and it is left alone for up to 30 seconds.
    /// </summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embedder { get; init; }

    /// <summary>What is stored as the embedder's identity; null asks it for its <see cref="EmbedderIdentity"/>, or for provider and model.</summary>
    public string? EmbedderId { get; init; }

    /// <summary>The embedder's version, where its name does not say it; empty takes what its <see cref="EmbedderIdentity"/> says.</summary>
    public string EmbedderRevision { get; init; } = "";

    /// <summary>No embedder: texts are found by their words alone. Also opens a pool whose embedder is not at hand.</summary>
    public bool LexicalOnly { get; init; }

    /// <summary>Vector spaces that callers bring vectors of; declared when they are new. A text space here replaces the embedder.</summary>
    public IReadOnlyList<VectorSpace> Spaces { get; init; } = [];

    /// <summary>Memory for record bodies, at least 16 MiB.</summary>
    public long RecordMemoryBytes { get; init; } = 64L << 20;

    /// <summary>The largest the pool may grow on disk; a write beyond it is refused. Null sets no limit.</summary>
    public long? MaxPoolBytes { get; init; }

    /// <summary>How long an idempotency key is remembered.</summary>
    public TimeSpan IdempotencyRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Whether recalls are recorded as transfers, of which outcomes can be reported. Off, a recall writes nothing, and no effect can be
    /// measured.
    /// </summary>
    public bool RecordTransfers { get; init; } = true;

    /// <summary>How chance takes part in recalls that do not say it themselves; null, the default, leaves nothing to chance.</summary>
    public RecallExperiment? Experiment { get; init; }

    /// <summary>How long the candidates of a transfer are kept; what they add up to is kept for ever.</summary>
    public TimeSpan TransferRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many bytes of transfers and outcomes are kept; of more, the oldest are folded into sums by a compaction.</summary>
    public long TransferRetentionBytes { get; init; } = 256L << 20;

    /// <summary>After how many outcomes a cleanup looks at the evidence, and whether it does at the opening; 0 leaves it to the caller.</summary>
    public int CleanupEvery { get; init; } = 64;

    /// <summary>How memories are verified before they are handed over.</summary>
    public VerificationOptions Verification { get; init; } = new();

    /// <summary>Whether telemetry carries texts: queries and memories. They may be anybody's secrets, so it does not by itself.</summary>
    public bool TelemetryContent { get; init; }

    /// <summary>The clock of creation times, expiry and retention.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Who opens the pool, for the message that others get while it is open.</summary>
    public string OwnerName { get; init; } = AppDomain.CurrentDomain.FriendlyName;

    /// <summary>
    /// Where the owner will answer other processes, for them to find in the lock file: see <see cref="PoolOwner.Pipe"/>. Whoever serves
    /// the pool sets it. Null when nobody does.
    /// </summary>
    public string? Pipe { get; init; }

    /// <summary>Journal files are ended when they have grown to this size.</summary>
    internal long JournalFileBytes { get; init; } = 64L << 20;

    /// <summary>A checkpoint follows when this much has been written since the last one.</summary>
    internal long CheckpointBytes { get; init; } = 256L << 20;

    /// <summary>Closing takes a checkpoint when at least this much has been written since the last one; less is replayed faster.</summary>
    internal long CheckpointOnCloseBytes { get; init; } = 1L << 20;

    /// <summary>From how many rows on segments and graphs are made.</summary>
    internal Segments.SegmentLimits SegmentLimits { get; init; } = new();

    /// <summary>What evidence says about memories, in place of the pool's own. For tests.</summary>
    internal IMemoryEvidence? Evidence { get; init; }

    /// <summary>How much evidence keeps.</summary>
    internal Evidence.State.EvidenceLimits EvidenceLimits { get; init; } = new();

    /// <summary>Transfers and outcomes past their retention are folded when they have as many bytes.</summary>
    internal long LeastFoldBytes { get; init; } = 1L << 20;

    /// <summary>Is run by every recall between its search and its handing over, for tests that change something just then.</summary>
    internal Func<ValueTask>? BeforeHandOver { get; init; }

    /// <summary>The disk.</summary>
    internal Storage.IFileSystem Files { get; init; } = Storage.PhysicalFileSystem.Instance;
}
