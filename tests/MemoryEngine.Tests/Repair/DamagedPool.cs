using MemoryEngine.Fuzz;
using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Repair;

/// <summary>
/// A pool with every kind of event in several journal files, on a simulated disk, and what its journal held before anyone
/// damaged it.
/// </summary>
internal sealed class DamagedPool
{
    public const string Root = "/disk/pools/damaged";
    public const string Target = "/disk/pools/repaired";

    /// <summary>A memory that was forgotten and is so in the present.</summary>
    public static readonly Guid Forgotten = Id(4);

    private const int FileBytes = 6_500;
    private static readonly float[] Late = [1f, 2f];

    private DamagedPool(SimulatedFileSystem disk, ManualClock clock, SortedDictionary<long, StoredEvent> events) =>
        (Disk, Clock, Events) = (disk, clock, events);

    public SimulatedFileSystem Disk { get; }

    public ManualClock Clock { get; }

    /// <summary>The events by sequence, as they were.</summary>
    public SortedDictionary<long, StoredEvent> Events { get; }

    public MemoryStoreOptions Options => OptionsOf(Disk, Clock);

    /// <summary>The same pool on a disk of its own.</summary>
    public DamagedPool Copy() => new(Disk.AfterProcessKill(), Clock, Events);

    public Task<RepairReport> RepairAsync() => MemoryStore.RepairAsync(Root, Target, Options);

    public void Delete(string part)
    {
        foreach (var path in FilesIn(part).ToList()) Disk.Delete(path);
    }

    public IEnumerable<string> FilesIn(string part) =>
        Disk.AllFiles().Where(f => f.StartsWith($"{Root}/{part}/", StringComparison.Ordinal));

    /// <summary>The bytes of every file but the lock's.</summary>
    public Dictionary<string, byte[]> Bytes() => Disk.AllFiles()
        .Where(f => f.StartsWith(Root, StringComparison.Ordinal) && !f.EndsWith("/LOCK", StringComparison.Ordinal))
        .ToDictionary(f => f, f => Disk.ReadAll(f));

    /// <summary>Makes a pool, with its derived parts or without, and with what only the newest format has or without.</summary>
    public static async Task<DamagedPool> NewAsync(bool withRecords, bool withPurges = true)
    {
        var (disk, clock) = (new SimulatedFileSystem(), new ManualClock());
        await FillAsync(OptionsOf(disk, clock) with { LexicalOnly = false });
        await using (var store = await MemoryStore.OpenAsync(Root, OptionsOf(disk, clock)))
        {
            // Removed for good: what was there of it has become dropped events.
            if (withPurges) await store.PurgeAsync([Id(9)]);
            for (var i = 20; i < 24; i++) await store.RememberAsync(Draft(i, "after the purge"));
            if (withPurges) await ReembedAsync(store);
            await store.CreateSnapshotAsync("last");
        }
        // Purged, and the process died before its bytes were removed.
        if (withPurges) AppendNewest(disk, Id(8));
        // On the device, so that a power loss later shows what a repair has done and nothing else.
        foreach (var file in disk.AllFiles()) disk.WriteAll(file, disk.ReadAll(file));
        var pool = new DamagedPool(disk, clock, Read(disk, Root));
        if (!withRecords)
        {
            pool.Delete("records");
            pool.Delete("manifests");
        }
        return pool;
    }

    public static SortedDictionary<long, StoredEvent> Read(SimulatedFileSystem disk, string root)
    {
        var events = new SortedDictionary<long, StoredEvent>();
        _ = JournalReader.Scan(disk, root + "/journal", (in frame) =>
        {
            if (frame.Type == EventType.Dropped) return;
            events[frame.Sequence] = new StoredEvent(
                frame.Type, frame.Payload.ToArray(), $"{root}/journal/{JournalFormat.FileName(frame.Position.File)}", frame.Position.Offset);
        });
        return events;
    }

    public static MemoryStoreOptions OptionsOf(SimulatedFileSystem disk, ManualClock clock) => new()
    {
        Files = disk,
        Clock = clock,
        RecordMemoryBytes = 16L << 20,
        OwnerName = "the tests",
        RecordTransfers = false,
        JournalFileBytes = FileBytes,
        CheckpointOnCloseBytes = 1,
        // The texts get another embedder, and words will do for what is asked here.
        LexicalOnly = true,
        Spaces = [new VectorSpace("v", 3, Metric.L2)],
    };

    // One space takes the built-in one's place, another that one's, and the first is given up.
    private static async Task ReembedAsync(MemoryStore store)
    {
        foreach (var name in new[] { "one", "two" })
            await store.ReembedAsync(new ReembedOptions { Embedder = new Reembedding.Model(name, 3), BatchTexts = 2, DropOld = name == "two" });
    }

    private static async Task FillAsync(MemoryStoreOptions options)
    {
        await using var store = await MemoryStore.OpenAsync(Root, options);
        for (var i = 1; i < 10; i++) await store.RememberAsync(Draft(i, "first"));
        await store.RememberAsync(Draft(1, "first") with { IdempotencyKey = "again" });
        await store.CreateSnapshotAsync("early");
        for (var i = 1; i < 6; i++) await store.ReviseAsync(Id(i), Draft(i, "second"));
        await store.ForgetAsync(Id(3));
        await store.ForgetAsync(Id(4));
        await store.RestoreAsync(Id(3));
        await store.CreateSnapshotAsync("middle");
        await store.CreateSnapshotAsync("passing");
        await store.DropSnapshotAsync("passing");
        var back = await store.RollBackAsync("early");
        for (var i = 10; i < 15; i++) await store.RememberAsync(Draft(i, "in another past"));
        await store.CreateSnapshotAsync("branch");
        await store.ReviseAsync(Id(2), Draft(2, "third"));
        await store.RollBackAsync(back.Undo);
        await store.RememberAsync(Draft(15, string.Concat(Enumerable.Repeat("a long text of many words ", 1_800))));
        await store.DeclareSpaceAsync(new VectorSpace("late", 2));
        await store.RememberAsync(Draft(16, "late") with { Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["late"] = Late } });
    }

    // A purge that was not finished, and what recalls and their outcomes leave.
    private static void AppendNewest(SimulatedFileSystem disk, Guid id)
    {
        var directory = Root + "/journal";
        var scan = JournalReader.Scan(disk, directory, static (in _) => { });
        using var writer = JournalWriter.Open(disk, directory, scan, FileBytes, TimeProvider.System);
        writer.Append(EventType.Purged, new PurgedEvent(id).Encode());
        foreach (var (_, bytes) in EvidenceSeeds.Events()) writer.Append((EventType)bytes[0], bytes.AsSpan(1));
        writer.Write();
        writer.Close();
    }

    private static Guid Id(int i) => new($"0194401d-0000-7000-8000-{i:x12}");

    private static MemoryDraft Draft(int i, string text) => new()
    {
        Id = Id(i),
        Text = $"memory {i}, {text}",
        Domain = "repair/tests",
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = new float[] { i, 1, 0 } },
    };
}

/// <summary>An event as it lay in the journal.</summary>
internal sealed record StoredEvent(EventType Type, byte[] Payload, string File, long Offset)
{
    public bool IsSame(StoredEvent other) => Type == other.Type && Payload.AsSpan().SequenceEqual(other.Payload);
}
