using System.Buffers;

namespace MemoryEngine.Records;

internal enum RecordStatus
{
    /// <summary>The bytes are those that were put.</summary>
    Found,

    /// <summary>No body was put under that id.</summary>
    Missing,

    /// <summary>There is a body, but what is stored is not what was put; <see cref="RecordBody.Damage"/> says what was found.</summary>
    Damaged,
}

/// <summary>
/// What a read gave: a body in a pooled array, or why there is none. Dispose of it once, and keep no copy that outlives
/// that.
/// </summary>
internal struct RecordBody : IDisposable
{
    private byte[]? _pooled;
    private readonly int _length;

    private RecordBody(RecordStatus status, byte[]? pooled, int length, long sequence, string? damage)
    {
        Status = status;
        _pooled = pooled;
        _length = length;
        Sequence = sequence;
        Damage = damage;
    }

    public RecordStatus Status { get; }

    /// <summary>The sequence that wrote the body.</summary>
    public long Sequence { get; }

    public string? Damage { get; }

    public readonly ReadOnlySpan<byte> Span => _pooled.AsSpan(0, _pooled is null ? 0 : _length);

    public readonly ReadOnlyMemory<byte> Memory => _pooled.AsMemory(0, _pooled is null ? 0 : _length);

    public static RecordBody Missing => new(RecordStatus.Missing, null, 0, 0, null);

    public static RecordBody Found(byte[] pooled, int length, long sequence) => new(RecordStatus.Found, pooled, length, sequence, null);

    public static RecordBody Damaged(string damage) => new(RecordStatus.Damaged, null, 0, 0, damage);

    public void Dispose()
    {
        if (_pooled is null) return;
        ArrayPool<byte>.Shared.Return(_pooled);
        _pooled = null;
    }
}
