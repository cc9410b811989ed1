namespace MemoryEngine.Tests.Model;

/// <summary>Holds a pool, or a snapshot of one, to what the oracle says. Whatever differs throws and names itself.</summary>
internal static class Comparison
{
    /// <summary>All of a pool: the present, every snapshot as it was, and the idempotency keys.</summary>
    public static async Task PoolAsync(MemoryStore store, Oracle oracle)
    {
        await ViewAsync(store, oracle.View);
        Assert.Equal(oracle.Records, store.Stats().Records);
        SnapshotNames(store, oracle);
        foreach (var snapshot in oracle.Snapshots)
        {
            using var opened = store.OpenSnapshot(snapshot.Name);
            await ViewAsync(opened, snapshot.View);
        }
        foreach (var id in oracle.Purged)
        {
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.GetAsync(id)));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.HistoryAsync(id)));
        }
    }

    /// <summary>What was purged stands in no file: neither its text nor its vector.</summary>
    public static void Gone(Testing.SimulatedFileSystem disk, IReadOnlyCollection<MemoryDraft> purged)
    {
        if (purged.Count == 0) return;
        foreach (var path in disk.AllFiles().Where(f => f.StartsWith(SimulatedPool.Root, StringComparison.Ordinal)))
        {
            var bytes = disk.ReadAll(path).AsSpan();
            foreach (var draft in purged)
            {
                var head = draft.Text.AsSpan(0, draft.Text.IndexOf(' ', draft.Text.IndexOf(' ', StringComparison.Ordinal) + 1) + 1);
                Assert.True(bytes.IndexOf(System.Text.Encoding.UTF8.GetBytes(head.ToArray())) < 0, $"'{head}' was purged and stands in {path}.");
                var vector = System.Runtime.InteropServices.MemoryMarshal.AsBytes(draft.Vectors["v"].Span);
                Assert.True(bytes.IndexOf(vector) < 0, $"The vector of '{head}' was purged and stands in {path}.");
            }
        }
    }

    public static void SnapshotNames(MemoryStore store, Oracle oracle) => Assert.Equal(
        oracle.Snapshots.Select(s => new SnapshotInfo(s.Name, s.Sequence, s.Created, s.View.LiveCount)), store.Snapshots());

    /// <summary>Every memory that a reader lists, and the history of each.</summary>
    public static async Task ViewAsync(IMemoryReader reader, OracleView view, int? liveCount = null)
    {
        List(await ListAsync(reader), view);
        Assert.Equal(liveCount ?? view.LiveCount, (await reader.StatsAsync()).Memories);
        foreach (var (id, memory) in view.Memories) await HistoryAsync(reader, id, memory);
    }

    public static async Task<List<MemoryVersion>> ListAsync(IMemoryReader reader)
    {
        var listed = new List<MemoryVersion>();
        await foreach (var version in reader.ListAsync(new ListFilter { State = null })) listed.Add(version);
        return listed;
    }

    public static void List(List<MemoryVersion> listed, OracleView view)
    {
        var expected = view.Listed();
        Assert.Equal(expected.Select(e => e.Id), listed.Select(v => v.Id));
        foreach (var ((_, memory), version) in expected.Zip(listed)) Version(memory.Newest, memory, version);
    }

    public static async Task HistoryAsync(IMemoryReader reader, Guid id, OracleMemory? memory) =>
        History(await reader.HistoryAsync(id), memory);

    public static void History(IReadOnlyList<MemoryVersion> history, OracleMemory? memory)
    {
        Assert.Equal(memory?.Versions.Length ?? 0, history.Count);
        for (var i = 0; i < history.Count; i++) Version(memory!.Versions[i], memory, history[i]);
    }

    /// <summary>A memory by its id, as it is now and in one of its versions.</summary>
    public static async Task GetAsync(IMemoryReader reader, Guid id, OracleMemory? memory, int version)
    {
        Optional(memory?.Newest, memory, await reader.GetAsync(id));
        Optional(memory?.Versions.FirstOrDefault(v => v.Version == version), memory, await reader.GetAsync(id, version));
    }

    /// <summary>What a recall by vector alone found.</summary>
    public static void Recalled(RecallQuery query, RecallResult found, OracleView view, DateTimeOffset now)
    {
        var expected = view.Search(query.Vector!.Value, query.WithinDomain, now);
        Assert.Equal(expected.Count, found.Considered);
        Assert.Equal(expected.Take(query.K).Select(e => e.Id), found.Memories.Select(m => m.Memory.Id));
        foreach (var (memory, wanted) in found.Memories.Zip(expected))
        {
            Assert.Equal(wanted.Score, memory.Scores.Vector!.Value, 1e-2);
            Assert.Equal(view.Find(wanted.Id)!.Newest.Draft.Text, memory.Memory.Text);
        }
    }

    private static void Optional(OracleVersion? expected, OracleMemory? memory, MemoryVersion? found)
    {
        if (expected is null) Assert.Null(found);
        else Version(expected, memory!, Assert.IsType<MemoryVersion>(found));
    }

    private static void Version(OracleVersion expected, OracleMemory memory, MemoryVersion found)
    {
        Assert.Equal(expected.Draft.Text, found.Text);
        Assert.Equal((expected.Version, expected.Record), (found.Version, found.RecordId));
        Assert.Equal(expected.Draft.Domain, found.Domain);
        Assert.Equal(expected.Draft.ExpiresAt, found.ExpiresAt);
        Assert.Equal(expected.Draft.Vectors["v"].ToArray(), found.Vectors["v"].ToArray());
        Assert.Equal(memory.Live ? MemoryState.Active : MemoryState.Tombstoned, found.State);
        Assert.Equal(memory.Live && expected.Record == memory.Newest.Record, found.IsCurrent);
    }
}
