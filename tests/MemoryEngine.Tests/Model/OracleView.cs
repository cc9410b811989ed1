using System.Collections.Immutable;

namespace MemoryEngine.Tests.Model;

/// <summary>The memories that one view knows, live or forgotten.</summary>
internal sealed record OracleView(ImmutableDictionary<Guid, OracleMemory> Memories)
{
    public static OracleView Empty { get; } = new(ImmutableDictionary<Guid, OracleMemory>.Empty);

    public int LiveCount => Memories.Values.Count(m => m.Live);

    public OracleMemory? Find(Guid id) => Memories.GetValueOrDefault(id);

    public OracleView Set(Guid id, OracleMemory memory) => new(Memories.SetItem(id, memory));

    public OracleView Without(Guid id) => new(Memories.Remove(id));

    /// <summary>In the order in which a list shows them.</summary>
    public List<(Guid Id, OracleMemory Memory)> Listed() =>
        [.. Memories.Select(m => (m.Key, m.Value)).OrderBy(m => m.Value.Newest.Record)];

    /// <summary>The live memories that a search by vector should rank, best first; ties by age.</summary>
    public List<(Guid Id, double Score)> Search(ReadOnlyMemory<float> vector, string? within, DateTimeOffset now) =>
    [
        .. from memory in Memories
           where memory.Value.Live
           let version = memory.Value.Newest
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
