namespace MemoryEngine.Tests.Snapshots;

/// <summary>A random life of a pool: memories in several spaces, revised, forgotten, restored; snapshots and rollbacks.</summary>
internal sealed class RandomHistory(int seed)
{
    public static readonly VectorSpace Space = new("v", 3, Metric.Cosine);
    private static readonly string[] Words = ["alpha", "beta", "gamma", "delta", "one", "two", "three"];

    private readonly Random _random = new(seed);
    private readonly List<Guid> _ids = [];
    private int _number;

    public async Task PlayAsync(MemoryStore store, int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            var id = _ids.Count == 0 ? Guid.Empty : _ids[_random.Next(_ids.Count)];
            try
            {
                await PlayAsync(store, id);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.NotFound)
            {
                // It was rolled back, and compacted since.
                _ids.Remove(id);
            }
        }
    }

    private async Task PlayAsync(MemoryStore store, Guid id)
    {
        var snapshots = store.Snapshots();
        switch (_random.Next(20))
        {
            case < 9 or < 20 when id == Guid.Empty:
                _ids.Add((await store.RememberAsync(Draft(null))).Id);
                break;
            case < 12:
                await store.RememberAsync(Draft(id));
                break;
            case < 14:
                if (await store.GetAsync(id) is not null) await store.ForgetAsync(id);
                break;
            case < 17:
                await store.RestoreAsync(id);
                break;
            case 17:
                await store.CreateSnapshotAsync($"s{_number++}");
                break;
            case 18 when snapshots.Count > 0:
                await store.RollBackAsync(snapshots[_random.Next(snapshots.Count)].Name);
                break;
            case 19 when snapshots.Count > 3:
                await store.DropSnapshotAsync(snapshots[_random.Next(snapshots.Count)].Name);
                break;
            case 19 when _random.Next(3) == 0:
                await store.PurgeAsync([id]);
                _ids.Remove(id);
                break;
            case 19:
                await store.CompactAsync();
                break;
        }
    }

    private MemoryDraft Draft(Guid? id) => new()
    {
        Id = id,
        Text = $"text {_number++} {string.Join(' ', Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Words[_random.Next(Words.Length)]))}",
        Domain = _random.Next(3) switch { 0 => "", 1 => "a/b", _ => "c" },
        Title = _random.Next(2) == 0 ? "a title" : null,
        Task = _random.Next(2) == 0 ? $"task {_random.Next(3)}" : null,
        Model = _random.Next(2) == 0 ? "m" : null,
        Contributor = _random.Next(3) == 0 ? "someone" : null,
        Tags = _random.Next(2) == 0 ? ["t1", "t2"] : [],
        Requires = _random.Next(2) == 0
            ? MemoryDraft.EmptyRequires
            : new Dictionary<string, string> { ["language"] = _random.Next(2) == 0 ? "go" : "C#" },
        Level = (MemoryLevel)_random.Next(1, 5),
        ExpiresAt = _random.Next(6) == 0 ? DateTimeOffset.UnixEpoch.AddDays(40_000) : null,
        IdempotencyKey = _random.Next(4) == 0 ? $"key {_number}" : null,
        Vectors = _random.Next(2) == 0
            ? MemoryDraft.EmptyVectors
            : new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = new[] { _random.NextSingle(), _random.NextSingle() - 1, 0.5f } },
    };
}
