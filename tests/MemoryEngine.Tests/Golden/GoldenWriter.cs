using MemoryEngine.Journal;

namespace MemoryEngine.Tests.Golden;

/// <summary>
/// Writes the golden pools of a new format generation, once, before the first version that writes it is released:
/// MEMORYENGINE_WRITE_GOLDEN names the generation. What is there already is never written again.
/// </summary>
public sealed class GoldenWriter
{
    private const string Variable = "MEMORYENGINE_WRITE_GOLDEN";

    [Fact]
    public async Task A_generation_is_written_only_when_asked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } generation) return;
        var folder = Path.Combine(GoldenPool.Folder, generation);
        Assert.False(Directory.Exists(folder), $"{folder} is there already, and stays as it is.");
        var temporary = Directory.CreateTempSubdirectory("memengine-golden-").FullName;
        try
        {
            await WriteAsync(folder, temporary);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static async Task WriteAsync(string folder, string temporary)
    {
        var made = Path.Combine(temporary, "made");
        GoldenState state;
        await using (var store = await MemoryStore.OpenAsync(made, GoldenContent.Options with { CheckpointOnCloseBytes = 1, RecordTransfers = true }))
        {
            var purged = await FillAsync(store);
            // As it lies there while its owner is alive: without its lock, and with what is reserved cut off.
            Save(made, Path.Combine(folder, "killed"), all: false);
            state = await GoldenReading.ReadAsync(store, purged) with { Keys = await KeysAsync(store) };
        }
        Save(made, Path.Combine(folder, "closed"), all: true);
        new GoldenExpectation { State = state }.Write(Path.Combine(folder, "closed", "expected.json"));
        new GoldenExpectation { State = state }.Write(Path.Combine(folder, "killed", "expected.json"));
        await WriteTornAsync(folder, temporary, state);
        await WriteFlippedAsync(folder, temporary);
    }

    // All that the first generation had, and views, purges and files that were rewritten.
    private static async Task<IReadOnlyList<Guid>> FillAsync(MemoryStore store)
    {
        await GoldenContent.FillAsync(store);
        await store.CreateSnapshotAsync("first");
        await store.ReviseAsync(GoldenContent.Id(6), GoldenContent.Draft(6, 2));
        await store.ForgetAsync(GoldenContent.Id(7));
        var back = await store.RollBackAsync("first");
        await store.ReviseAsync(GoldenContent.Id(10), GoldenContent.Draft(10, 2));
        await store.CreateSnapshotAsync("second");
        await store.CreateSnapshotAsync("dropped");
        await store.DropSnapshotAsync("dropped");
        await store.DropSnapshotAsync(back.Undo);
        await store.PurgeAsync([GoldenContent.Id(11)]);
        await store.CompactAsync();
        // Its checkpoint made a segment; graphs over its vectors follow, and the manifest of the close names them.
        await store.SettleAsync();
        await RecallAsync(store);
        await store.RememberAsync(GoldenContent.Draft(16, 1));
        return [GoldenContent.Id(11)];
    }

    // Transfers with outcomes and without, and a decision.
    private static async Task RecallAsync(MemoryStore store)
    {
        for (var i = 0; i < 6; i++)
        {
            var query = new RecallQuery
            {
                Text = GoldenContent.Draft(i, 1).Text,
                Task = $"task {i / 2}",
                ConsumerModel = "a model",
                Experiment = new RecallExperiment { Design = InclusionDesign.Factorial, HoldOutShare = 0.3 },
            };
            var result = await store.RecallAsync(query);
            await store.WhyAsync(result.Transfer!.Value);
            if (i % 3 < 2) await store.ReportAsync(new Outcome { Transfer = result.Transfer!.Value, Score = i / 5.0, Tokens = 100 * i });
        }
        await store.QuarantineAsync(GoldenContent.Id(5), "a golden decision");
    }

    private static async Task<IReadOnlyDictionary<string, RememberResult>> KeysAsync(MemoryStore store)
    {
        var keys = new Dictionary<string, RememberResult>();
        foreach (var (memory, version) in new[] { (0, 1), (4, 1), (4, 2), (8, 1), (8, 2), (8, 3), (12, 1), (16, 1) })
            keys[GoldenContent.Key(memory, version)] = await store.RememberAsync(GoldenContent.Draft(memory, version));
        return keys;
    }

    private static async Task WriteTornAsync(string folder, string temporary, GoldenState whole)
    {
        Save(Path.Combine(folder, "killed", "pool"), Path.Combine(folder, "torn"), all: false);
        var path = Journal(Path.Combine(folder, "torn", "pool"))[^1];
        var (from, to) = Batches(path)[^1];
        Cut(path, (from + to) / 2);
        var copy = Path.Combine(temporary, "torn");
        GoldenPool.Copy(Path.Combine(folder, "torn", "pool"), copy);
        await using var store = await MemoryStore.OpenAsync(copy, GoldenContent.Options);
        var state = await GoldenReading.ReadAsync(store, whole.Purged);
        // What was torn off had brought a key of its own.
        var keys = whole.Keys.Where(k => k.Value.Sequence <= state.Sequence).ToDictionary();
        var note = $"{Path.GetFileName(path)} was torn by a crash: cut at offset {from}";
        new GoldenExpectation { State = state with { Keys = keys }, Notes = [note] }.Write(Path.Combine(folder, "torn", "expected.json"));
    }

    private static async Task WriteFlippedAsync(string folder, string temporary)
    {
        Save(Path.Combine(folder, "closed", "pool"), Path.Combine(folder, "flipped"), all: false);
        var path = Journal(Path.Combine(folder, "flipped", "pool"))[0];
        var bytes = File.ReadAllBytes(path);
        bytes[(bytes.Length / 2) + (JournalFormat.HeaderBytes / 2)] ^= 0x20;
        File.WriteAllBytes(path, bytes);
        var copy = Path.Combine(temporary, "flipped");
        GoldenPool.Copy(Path.Combine(folder, "flipped", "pool"), copy);
        var e = await Assert.ThrowsAsync<CorruptionException>(() => MemoryStore.OpenAsync(copy, GoldenContent.Options));
        var file = Path.GetRelativePath(copy, e.File).Replace('\\', '/');
        new GoldenExpectation { Refusal = new GoldenRefusal(file, e.Offset, e.Expected, e.Found) }
            .Write(Path.Combine(folder, "flipped", "expected.json"));
    }

    // The journal, or all that is derived as well; each file as short as it may be.
    private static void Save(string pool, string target, bool all)
    {
        foreach (var part in Directory.GetDirectories(pool).Where(d => all || Path.GetFileName(d) == "journal"))
            GoldenPool.Copy(part, Path.Combine(target, "pool", Path.GetFileName(part)));
        foreach (var path in Journal(Path.Combine(target, "pool"))) Cut(path, Batches(path)[^1].To);
        // The reserved end of a log segment is zeros; it is read in blocks with their checksums.
        const int LogBlockBytes = MemoryEngine.Records.LogBlock.StoredBytes;
        foreach (var path in Directory.GetFiles(Path.Combine(target, "pool"), "log.*", SearchOption.AllDirectories))
        {
            var used = File.ReadAllBytes(path).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            Cut(path, (used + LogBlockBytes - 1) / LogBlockBytes * LogBlockBytes);
        }
    }

    private static string[] Journal(string pool)
    {
        var files = Directory.GetFiles(Path.Combine(pool, "journal"), "*.journal");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static List<(long From, long To)> Batches(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var salt = JournalFormat.FileHeader.Read(bytes, path).Salt;
        var batches = new List<(long, long)>();
        long at = JournalFormat.HeaderBytes;
        while (JournalFormat.BatchHeader.TryRead(bytes.AsSpan((int)at), salt, at, out var batch))
        {
            var end = at + JournalFormat.BatchHeaderBytes + batch.FramesBytes;
            batches.Add((at, end));
            at = end;
        }
        return batches;
    }

    private static void Cut(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, length);
    }
}
