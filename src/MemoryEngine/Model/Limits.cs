namespace MemoryEngine;

/// <summary>What a memory may hold. Anything beyond is refused with an <see cref="ArgumentException"/> that names the field.</summary>
public static class Limits
{
    /// <summary>UTF-8 bytes of a memory's text.</summary>
    public const int MaxTextBytes = 1 << 20;

    /// <summary>UTF-8 bytes of a memory's key text.</summary>
    public const int MaxKeyBytes = 32 << 10;

    /// <summary>UTF-8 bytes of a domain, task, title, model, contributor, source or license.</summary>
    public const int MaxNameBytes = 4 << 10;

    /// <summary>Tags of a memory.</summary>
    public const int MaxTags = 64;

    /// <summary>UTF-8 bytes of a tag, or of a precondition's name or value, or of an idempotency key.</summary>
    public const int MaxTagBytes = 256;

    /// <summary>Preconditions of a memory.</summary>
    public const int MaxRequires = 64;

    /// <summary>UTF-8 bytes of the fields that the engine keeps without knowing them.</summary>
    public const int MaxExtraBytes = 64 << 10;

    /// <summary>Snapshots of a pool.</summary>
    public const int MaxSnapshots = 1000;

    /// <summary>Vector spaces of a pool.</summary>
    public const int MaxSpaces = 64;

    /// <summary>The smallest dimension of a vector space.</summary>
    public const int MinDimension = 2;

    /// <summary>The largest dimension of a vector space.</summary>
    public const int MaxDimension = 8192;

    /// <summary>UTF-8 bytes of a recall's query text.</summary>
    public const int MaxQueryBytes = 1 << 20;

    /// <summary>Memories that one recall can hand over.</summary>
    public const int MaxRecall = 1000;
}
