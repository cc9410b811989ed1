using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>What a write with an idempotency key answered.</summary>
internal sealed record IdempotentAnswer(string Key, UInt128 ContentHash, RememberResult Result, long CreatedMicroseconds)
{
    public void WriteTo(ByteWriter writer)
    {
        writer.String(Key);
        writer.Int64((long)(ulong)ContentHash);
        writer.Int64((long)(ulong)(ContentHash >> 64));
        writer.Guid(Result.Id);
        writer.VarInt(Result.Version);
        writer.Byte((byte)Result.Outcome);
        writer.Int64(Result.Sequence);
        writer.Int64(CreatedMicroseconds);
    }

    public static IdempotentAnswer Read(ref ByteReader reader)
    {
        var key = reader.String();
        var low = (ulong)reader.Int64();
        var hash = new UInt128((ulong)reader.Int64(), low);
        var result = new RememberResult(reader.Guid(), reader.VarInt(), (RememberOutcome)reader.Byte(), reader.Int64());
        if (!Enum.IsDefined(result.Outcome)) reader.Fail();
        return new IdempotentAnswer(key, hash, result, reader.Int64());
    }

    public static IdempotentAnswer? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var answer = Read(ref reader);
        return reader.Failed || !reader.AtEnd ? null : answer;
    }
}

/// <summary>
/// The answers of writes with an idempotency key, kept for a stated time. For the applier's thread. It is part of the
/// manifest, so that keys outlive the journal files that brought them.
/// </summary>
internal sealed class IdempotencyTable(TimeSpan retention)
{
    private readonly Dictionary<string, IdempotentAnswer> _answers = new(StringComparer.Ordinal);
    private readonly Queue<IdempotentAnswer> _byAge = new();

    public int Count => _answers.Count;

    public IdempotentAnswer? Find(string key, long nowMicroseconds)
    {
        Prune(nowMicroseconds);
        // Manifest and journal bring the same answers, so the queue of ages may hide an old one behind a newer one.
        return _answers.TryGetValue(key, out var answer) && answer.CreatedMicroseconds >= Oldest(nowMicroseconds) ? answer : null;
    }

    public void Add(IdempotentAnswer answer)
    {
        // The manifest and the journal may both bring an answer; the newer one stands.
        _answers[answer.Key] = answer;
        _byAge.Enqueue(answer);
    }

    /// <summary>Whether an answer of that time is still given.</summary>
    public bool IsKept(long createdMicroseconds, long nowMicroseconds) => createdMicroseconds >= Oldest(nowMicroseconds);

    /// <summary>The answers that name a memory.</summary>
    public IReadOnlyList<IdempotentAnswer> Of(Guid memoryId) => [.. _answers.Values.Where(a => a.Result.Id == memoryId)];

    public void Prune(long nowMicroseconds)
    {
        var oldest = Oldest(nowMicroseconds);
        while (_byAge.TryPeek(out var answer) && answer.CreatedMicroseconds < oldest)
        {
            _byAge.Dequeue();
            if (_answers.TryGetValue(answer.Key, out var current) && ReferenceEquals(current, answer)) _answers.Remove(answer.Key);
        }
    }

    /// <summary>The answers that stand, the oldest first.</summary>
    public List<IdempotentAnswer> Standing() => [.. _byAge.Where(answer => ReferenceEquals(_answers[answer.Key], answer))];

    private long Oldest(long nowMicroseconds) => nowMicroseconds - (retention.Ticks / TimeSpan.TicksPerMicrosecond);
}
