namespace MemoryEngine.Tests.Model;

/// <summary>What a pool should hold, in the plainest terms.</summary>
internal sealed class Oracle
{
    private readonly Dictionary<Guid, OracleMemory> _memories = [];
    private long _records;

    public IReadOnlyDictionary<Guid, OracleMemory> Memories => _memories;

    /// <summary>Results by idempotency key, with the text they were given for.</summary>
    public Dictionary<string, (MemoryDraft Draft, RememberResult Result)> Keys { get; } = [];

    public long Records => _records;

    public Oracle Clone()
    {
        var clone = new Oracle { _records = _records };
        foreach (var (id, memory) in _memories) clone._memories[id] = new OracleMemory([.. memory.Versions]) { Live = memory.Live };
        foreach (var (key, answer) in Keys) clone.Keys[key] = answer;
        return clone;
    }

    /// <summary>What remembering a draft under an id must answer; the pool is not changed.</summary>
    public (RememberOutcome Outcome, int Version) Expect(Guid id, MemoryDraft draft)
    {
        if (!_memories.TryGetValue(id, out var memory)) return (RememberOutcome.Added, 1);
        var newest = memory.Versions[^1];
        if (!SameContent(newest.Draft, draft)) return (RememberOutcome.Revised, newest.Version + 1);
        return (memory.Live ? RememberOutcome.Unchanged : RememberOutcome.Restored, newest.Version);
    }

    public void Remember(Guid id, MemoryDraft draft, RememberResult result)
    {
        if (draft.IdempotencyKey is { } key) Keys[key] = (draft, result);
        if (!_memories.TryGetValue(id, out var memory)) _memories[id] = memory = new OracleMemory([]);
        if (result.Outcome is RememberOutcome.Added or RememberOutcome.Revised)
            memory.Versions.Add(new OracleVersion(draft, result.Version, ++_records));
        memory.Live = true;
    }

    public void SetLive(Guid id, bool live) => _memories[id].Live = live;

    public static bool SameContent(MemoryDraft a, MemoryDraft b) =>
        a.Text == b.Text && a.Domain == b.Domain && a.ExpiresAt == b.ExpiresAt
        && a.Vectors["v"].Span.SequenceEqual(b.Vectors["v"].Span);

    /// <summary>The live memories that a search by vector should rank, best first; ties by age.</summary>
    public List<(Guid Id, double Score)> Search(ReadOnlyMemory<float> vector, string? within, DateTimeOffset now) =>
    [
        .. from memory in _memories
           where memory.Value.Live
           let version = memory.Value.Versions[^1]
           where version.Draft.ExpiresAt is not { } expires || expires > now
           where within is null || version.Draft.Domain == within || version.Draft.Domain.StartsWith(within + "/", StringComparison.Ordinal)
           let score = -SquaredDistance(vector.Span, version.Draft.Vectors["v"].Span)
           orderby score descending, version.Record
           select (memory.Key, score),
    ];

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return sum;
    }
}

internal sealed class OracleMemory(List<OracleVersion> versions)
{
    public List<OracleVersion> Versions { get; } = versions;

    public bool Live { get; set; } = true;
}

internal sealed record OracleVersion(MemoryDraft Draft, int Version, long Record);
