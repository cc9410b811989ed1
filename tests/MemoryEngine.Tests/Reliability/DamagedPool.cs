using MemoryEngine.Journal;
using MemoryEngine.Testing;
using MemoryEngine.Tests.Model;

namespace MemoryEngine.Tests.Reliability;

/// <summary>How a pool met its damage.</summary>
internal enum Meeting
{
    /// <summary>It opened as if nothing were wrong, and nothing is.</summary>
    Harmless,

    /// <summary>It opened whole, and said what it had found.</summary>
    Healed,

    /// <summary>It opened with less, and said what is missing.</summary>
    Cut,

    /// <summary>It did not open, and said why.</summary>
    Refused,
}

/// <summary>A small pool that a script has made and closed, to be damaged in every way; and what it must not answer then.</summary>
internal sealed class DamagedPool
{
    private readonly SimulatedPool _pool = new();
    private readonly ScriptRun _script;

    private DamagedPool(int seed) => _script = new ScriptRun(_pool, seed);

    /// <summary>The undamaged disk. Damage is done to copies.</summary>
    public SimulatedFileSystem Disk => _pool.Disk;

    /// <summary>Those of the pool; backups that the script has made lie elsewhere.</summary>
    public IReadOnlyList<string> Files => [.. Disk.AllFiles().Where(f => f.StartsWith(SimulatedPool.Root, StringComparison.Ordinal))];

    public static async Task<DamagedPool> MakeAsync(int seed, int steps, bool closed)
    {
        var made = new DamagedPool(seed);
        await made._script.OpenAsync();
        for (var i = 0; i < steps; i++) await made._script.StepAsync(i);
        if (!closed) made._pool.Disk = await made.KilledAsync();
        else await made._script.Store.DisposeAsync();
        return made;
    }

    public SimulatedFileSystem Copy() => Disk.AfterProcessKill();

    /// <summary>Opens a damaged copy. Throws when it answers wrongly, or presents less without a word.</summary>
    public async Task<Meeting> MeetAsync(SimulatedFileSystem disk, bool readOnly)
    {
        var damaged = new SimulatedPool { Disk = disk };
        try
        {
            await using var store = await damaged.OpenAsync(o => ScriptRun.Vary(o) with { ReadOnly = readOnly, Spaces = [] });
            var (sequence, notes) = (store.Stats().Sequence, store.Stats().OpeningNotes);
            Assert.True(_script.At(sequence) is not null, $"It opens at sequence {sequence}, where no step ended.");
            await Comparison.PoolAsync(store, _script.At(sequence)!);
            if (sequence == _script.Sequence) return notes.Count > 0 || store.Stats().Health != "ready" ? Meeting.Healed : Meeting.Harmless;
            Assert.Contains(notes, n => n.Contains("was torn by a crash", StringComparison.Ordinal));
            return Meeting.Cut;
        }
        catch (CorruptionException e)
        {
            Assert.StartsWith(SimulatedPool.Root, e.File, StringComparison.Ordinal);
            return Meeting.Refused;
        }
    }

    /// <summary>What a check says of a damaged copy.</summary>
    public static Task<CheckReport> CheckAsync(SimulatedFileSystem disk) =>
        MemoryStore.CheckAsync(SimulatedPool.Root, ScriptRun.Vary(new SimulatedPool { Disk = disk }.Options));

    /// <summary>Where the bytes lie that every bit of is to be tried: headers of files and batches, and whole manifests.</summary>
    public IEnumerable<(long From, long To)> Headers(string path)
    {
        var bytes = Disk.ReadAll(path);
        if (path.EndsWith(".manifest", StringComparison.Ordinal)) yield return (0, bytes.Length);
        if (!path.EndsWith(".journal", StringComparison.Ordinal)) yield break;
        yield return (0, JournalFormat.HeaderUsedBytes);
        var salt = JournalFormat.FileHeader.Read(bytes, path).Salt;
        long offset = JournalFormat.HeaderBytes;
        while (JournalFormat.BatchHeader.TryRead(bytes.AsSpan((int)offset), salt, offset, out var batch))
        {
            yield return (offset, offset + JournalFormat.BatchHeaderBytes);
            offset += JournalFormat.BatchHeaderBytes + batch.FramesBytes;
        }
    }

    private async Task<SimulatedFileSystem> KilledAsync()
    {
        var killed = _pool.Disk.AfterProcessKill();
        await _script.Store.DisposeAsync();
        return killed;
    }
}
