using System.Security.Cryptography;
using MemoryEngine.Evidence.State;

namespace MemoryEngine.Tests.Golden;

/// <summary>Reads all that a pool holds, in the form of an expectation.</summary>
internal static class GoldenReading
{
    public static async Task<GoldenState> ReadAsync(MemoryStore store, IReadOnlyCollection<Guid> purged)
    {
        var versions = new List<GoldenVersion>();
        await foreach (var memory in store.ListAsync(new ListFilter { State = null }))
            versions.AddRange((await store.HistoryAsync(memory.Id)).Select(GoldenVersion.From));
        var stats = store.Stats();
        return new GoldenState(stats.Sequence, stats.Records, stats.Memories, [.. versions.OrderBy(v => v.RecordId)])
        {
            Spaces = stats.Spaces,
            Snapshots = await SnapshotsAsync(store),
            Purged = [.. purged.Order()],
            Evidence = Convert.ToHexStringLower(SHA256.HashData(await store.LookAtEvidenceAsync(EvidenceSnapshot.Write))),
        };
    }

    private static async Task<IReadOnlyList<GoldenSnapshot>> SnapshotsAsync(MemoryStore store)
    {
        var snapshots = new List<GoldenSnapshot>();
        foreach (var info in store.Snapshots())
        {
            using var opened = store.OpenSnapshot(info.Name);
            var live = new List<long>();
            await foreach (var memory in opened.ListAsync()) live.Add(memory.RecordId);
            snapshots.Add(new GoldenSnapshot(info.Name, info.Sequence, info.CreatedAt, live));
        }
        return snapshots;
    }
}
