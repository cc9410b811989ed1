namespace MemoryEngine.Verification;

/// <summary>What has become of a version, as the store sees it.</summary>
internal enum VersionStatus : byte
{
    /// <summary>It is the latest of its chain, and active.</summary>
    Latest = 0,

    /// <summary>Another version has taken its place.</summary>
    Superseded = 1,

    /// <summary>Its memory was forgotten or purged.</summary>
    Gone = 2,

    /// <summary>Its bytes are not those that were written.</summary>
    Damaged = 3,
}

/// <summary>A version before the checks: what the store knows of it, and what they found.</summary>
internal struct Candidate
{
    public int Row;
    public Guid Id;
    public int Version;
    public MemoryLevel Level;
    public string Domain;
    public string? Contributor;
    public IReadOnlyDictionary<string, string> Requires;

    /// <summary>When it expires, in microseconds since 1970; 0 for never.</summary>
    public long ExpiresMicroseconds;

    public VersionStatus Status;

    /// <summary>What was read instead of what was written, of a damaged one.</summary>
    public string? Damage;

    /// <summary>Whether the caller asked for it by id.</summary>
    public bool IsPinned;

    /// <summary>What the mode says, as the mode table has it.</summary>
    public ModeRuling Ruling;

    public RecallScores Scores;

    /// <summary>What its content says; null while nobody needed to look, and of a damaged one.</summary>
    public TextFacts? Facts;

    /// <summary>The memory, where it was read already.</summary>
    public MemoryVersion? Memory;

    public ReasonSet Reasons;

    /// <summary>What a check of the user said against it.</summary>
    public string? CheckDetail;

    /// <summary>Which memory of the answer it is too much like.</summary>
    public Guid DuplicateOf;
}

/// <summary>What the mode says about a candidate. It may hang on the specificity of its text, which is looked at last.</summary>
/// <param name="IsAllowed">Whether it may come if its text is hardly bound to its origin.</param>
/// <param name="NeedsLowSpecificity">Whether it may come only then.</param>
/// <param name="IsForeign">Whether it comes from a foreign domain.</param>
/// <param name="Match">How its preconditions stand to the task's context.</param>
internal readonly record struct ModeRuling(bool IsAllowed, bool NeedsLowSpecificity, bool IsForeign, PreconditionMatch Match);

/// <summary>The task that memories are verified for.</summary>
/// <param name="Domain">Its domain; empty where it states none.</param>
/// <param name="Context">What it has: preconditions and fingerprint.</param>
/// <param name="NowMicroseconds">The time at which expiry is judged.</param>
/// <param name="MinScore">The least raw score; null for any.</param>
internal readonly record struct TaskFacts(
    string Domain, IReadOnlyDictionary<string, string> Context, long NowMicroseconds, float? MinScore = null);
