using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>A pool on a simulated disk, and the options that its tests share.</summary>
internal sealed class SimulatedPool
{
    public const string Root = "/home/agent/pools/one";

    public SimulatedFileSystem Disk { get; set; } = new();

    public ManualClock Clock { get; } = new();

    public MemoryStoreOptions Options => new()
    {
        Files = Disk,
        Clock = Clock,
        RecordMemoryBytes = 16L << 20,
        OwnerName = "the tests",
        // They are written on another thread at a time of its own choosing: where tests count calls, or the order of events matters, they
        // are asked for.
        RecordTransfers = false,
        CleanupEvery = 0,
    };

    public Task<MemoryStore> OpenAsync(Func<MemoryStoreOptions, MemoryStoreOptions>? vary = null) =>
        MemoryStore.OpenAsync(Root, vary is null ? Options : vary(Options));

    public IEnumerable<string> FilesIn(string part) =>
        Disk.AllFiles().Where(f => f.StartsWith($"{Root}/{part}/", StringComparison.Ordinal));

    public static async Task<ErrorCode> CodeOfAsync(Func<Task> action) =>
        (await Assert.ThrowsAnyAsync<MemoryEngineException>(action)).Code;

    public static async Task<List<MemoryVersion>> ListAsync(MemoryStore store, ListFilter? filter = null)
    {
        var listed = new List<MemoryVersion>();
        await foreach (var version in store.ListAsync(filter)) listed.Add(version);
        return listed;
    }
}
