using System.Collections.Concurrent;
using MemoryEngine.Segments;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Segments;

/// <summary>What readers see while segments are sealed, merged and given graphs behind their backs.</summary>
public sealed class BackgroundTests(ITestOutputHelper output) : IDisposable
{
    private const int Dimension = 12;
    private static readonly VectorSpace Space = new("v", Dimension, Metric.L2);
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"memengine-background-{Guid.NewGuid():n}");

    [Fact]
    public async Task Readers_find_what_was_acknowledged_once_and_as_it_is_while_segments_come_and_go()
    {
        const int Memories = 6_000;
        var random = Seeded();
        var acknowledged = new ConcurrentDictionary<int, (Guid Id, int Version)>();
        await using (var store = await OpenAsync())
        {
            using var done = new CancellationTokenSource();
            var readers = Enumerable.Range(0, 2).Select(r => Task.Run(() => ReadAsync(store, acknowledged, new Random(r), done.Token))).ToArray();
            for (var n = 0; n < Memories; n++)
            {
                var result = await store.RememberAsync(Draft(n, 1), Durability.Process);
                acknowledged[n] = (result.Id, 1);
                if (random.Next(4) != 0) continue;
                // A revision: the vector stays, the word changes with the version.
                var of = random.Next(n + 1);
                var (id, version) = acknowledged[of];
                if (version < 0) continue;
                // In between either is right.
                acknowledged[of] = (id, 0);
                if (random.Next(5) == 0)
                {
                    await store.ForgetAsync(id);
                    acknowledged[of] = (id, -1);
                }
                else
                {
                    await store.ReviseAsync(id, Draft(of, version + 1));
                    acknowledged[of] = (id, version + 1);
                }
            }
            await done.CancelAsync();
            var recalls = (await Task.WhenAll(readers)).Sum();
            output.WriteLine($"{recalls} recalls while {Memories} memories came");
            await store.SettleAsync();
            Assert.True(recalls > 100);
        }
        // Several segments, of which some were merged, and graphs.
        var names = Directory.GetFiles(Path.Combine(_directory, "segments")).Select(p => Path.GetFileName(p)!).ToList();
        output.WriteLine(string.Join(' ', names));
        Assert.Contains(names, SegmentFiles.IsGraph);
        Assert.True(SegmentFiles.LastNumber(MemoryEngine.Storage.PhysicalFileSystem.Instance, Path.Combine(_directory, "segments")) > 12);
        Assert.Empty((await MemoryStore.CheckAsync(_directory, Options)).Problems);
        await using var again = await OpenAsync();
        foreach (var (n, (id, version)) in acknowledged.Where(a => a.Key % 37 == 0))
        {
            var found = await again.RecallAsync(new RecallQuery { Vector = Vector(n), Space = "v", K = 1 });
            Assert.Equal(version > 0, found.Memories[0].Memory.Id == id);
            if (version > 0) Assert.Equal(version, found.Memories[0].Memory.Version);
        }
    }

    [Theory]
    [InlineData(".segment")]
    [InlineData(".vectors")]
    public async Task A_bit_that_flips_in_a_segment_changes_no_answer(string extension)
    {
        const int Memories = 1_500;
        var random = Seeded();
        var pool = new SimulatedPool();
        await using (var store = await OpenAsync(pool))
        {
            for (var n = 0; n < Memories; n++) await store.RememberAsync(Draft(n, 1), Durability.Process);
            await store.SettleAsync();
        }
        var files = pool.FilesIn("segments").Where(f => f.EndsWith(extension, StringComparison.Ordinal)).ToList();
        var mended = 0;
        for (var round = 0; round < 20; round++)
        {
            var damaged = pool.Disk.AfterProcessKill();
            var file = files[random.Next(files.Count)];
            var bytes = damaged.ReadAll(file).Length;
            // Behind the header, which the opening looks at.
            damaged.FlipBit(file, ((long)random.Next(SealedHeader.Bytes, bytes) * 8) + random.Next(8));
            var left = new SimulatedPool { Disk = damaged };
            await using (var store = await OpenAsync(left))
            {
                await store.SettleAsync();
                foreach (var n in Enumerable.Range(0, 60).Select(_ => random.Next(Memories)))
                {
                    var byVector = await store.RecallAsync(new RecallQuery { Vector = Vector(n), Space = "v", K = 1 });
                    Assert.Equal(Draft(n, 1).Text, byVector.Memories[0].Memory.Text);
                    Assert.Equal(0f, byVector.Memories[0].Scores.Vector);
                    var byWords = await store.RecallAsync(new RecallQuery { Text = Word(n, 1), K = 2 });
                    Assert.Equal(Draft(n, 1).Text, Assert.Single(byWords.Memories).Memory.Text);
                }
                // At the opening, or when it was touched.
                if (store.Stats().OpeningNotes.Any(note => note.Contains(file, StringComparison.Ordinal))) mended++;
            }
        }
        output.WriteLine($"{mended} of 20 were met");
        Assert.True(mended > 5);
    }

    [Fact]
    public async Task A_bit_that_flips_where_nobody_looks_is_found_while_the_pool_is_idle()
    {
        const int Memories = 400;
        var random = Seeded();
        var pool = new SimulatedPool();
        await using (var store = await OpenAsync(pool))
        {
            for (var n = 0; n < Memories; n++) await store.RememberAsync(Draft(n, 1), Durability.Process);
            await store.SettleAsync();
        }
        var damaged = pool.Disk.AfterProcessKill();
        // Of a segment's own file the opening reads much; of vectors it reads none.
        var file = pool.FilesIn("segments").Where(f => f.EndsWith(".vectors", StringComparison.Ordinal)).MaxBy(f => damaged.ReadAll(f).Length)!;
        damaged.FlipBit(file, (SealedHeader.Bytes * 8L) + random.Next((damaged.ReadAll(file).Length - SealedHeader.Bytes - 64) * 8));
        var left = new SimulatedPool { Disk = damaged };
        await using (var store = await OpenAsync(left))
        {
            await store.WhenScrubbed.WaitAsync(Patience.Limit);
            await store.SettleAsync();
            var note = Assert.Single(store.Stats().OpeningNotes);
            Assert.Contains(file, note, StringComparison.Ordinal);
            Assert.EndsWith("memories were read from the journal instead; nothing is lost.", note, StringComparison.Ordinal);
            foreach (var n in Enumerable.Range(0, 60).Select(_ => random.Next(Memories)))
            {
                var found = await store.RecallAsync(new RecallQuery { Vector = Vector(n), Space = "v", K = 1 });
                Assert.Equal(Draft(n, 1).Text, found.Memories[0].Memory.Text);
            }
            Assert.Equal("degraded", store.Stats().Health);
        }
        // It has been written anew, and the close says so in a manifest.
        await using var again = await OpenAsync(left);
        await again.SettleAsync();
        Assert.Equal(Draft(7, 1).Text, (await again.RecallAsync(new RecallQuery { Vector = Vector(7), Space = "v", K = 1 })).Memories[0].Memory.Text);
        Assert.Equal(("ready", 0), (again.Stats().Health, again.Stats().OpeningNotes.Count));
    }

    [Fact]
    public async Task Words_that_turn_out_damaged_in_a_search_are_read_from_the_journal()
    {
        const int Memories = 1_200;
        var pool = new SimulatedPool();
        await using (var store = await OpenAsync(pool))
        {
            for (var n = 0; n < Memories; n++)
            {
                // So many words that an opening, which reads the rows, does not come to most of them.
                var others = string.Join(' ', Enumerable.Range(0, 400).Select(i => Word((n * 400) + i, 9)));
                await store.RememberAsync(new MemoryDraft { Text = $"{Word(n, 1)} {others}" }, Durability.Process);
            }
            await store.SettleAsync();
        }
        var file = pool.FilesIn("segments").Where(f => SegmentFiles.KindOf(f) == SealedKind.Segment).MaxBy(f => pool.Disk.ReadAll(f).Length)!;
        var length = pool.Disk.ReadAll(file).Length;
        // One bit in each block between what the opening reads and the lengths at the end, which it maps.
        for (var at = 2 << 20; at < length - (256 << 10); at += SealedHeader.BlockBytes) pool.Disk.FlipBit(file, (at + 100L) * 8);
        await using var damaged = await OpenAsync(pool);
        Assert.Empty(damaged.Stats().OpeningNotes);
        for (var n = 0; n < Memories; n += 7)
        {
            var found = await damaged.RecallAsync(new RecallQuery { Text = Word(n, 1), K = 1 });
            Assert.StartsWith(Word(n, 1) + " ", Assert.Single(found.Memories).Memory.Text, StringComparison.Ordinal);
        }
        var note = Assert.Single(damaged.Stats().OpeningNotes);
        Assert.Contains(file, note, StringComparison.Ordinal);
        Assert.Contains("read from the journal", note, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private static async Task<int> ReadAsync(
        MemoryStore store, ConcurrentDictionary<int, (Guid Id, int Version)> acknowledged, Random random, CancellationToken done)
    {
        var recalls = 0;
        while (!done.IsCancellationRequested)
        {
            if (acknowledged.IsEmpty) continue;
            var n = random.Next(acknowledged.Count);
            if (!acknowledged.TryGetValue(n, out var before)) continue;
            var query = random.Next(2) == 0
                ? new RecallQuery { Vector = Vector(n), Space = "v", K = 5 }
                : new RecallQuery { Text = $"common {Word(n, Math.Abs(before.Version))}", K = 5 };
            var result = await store.RecallAsync(query, CancellationToken.None);
            recalls++;
            var after = acknowledged[n];
            Assert.Equal(result.Memories.Count, result.Memories.Select(m => m.Memory.Id).Distinct().Count());
            // Only where nothing happened to it meanwhile is it known what must be found.
            if (before != after || before.Version == 0) continue;
            if (before.Version < 0) Assert.DoesNotContain(result.Memories, m => m.Memory.Id == before.Id);
            else Assert.Equal((before.Id, before.Version), (result.Memories[0].Memory.Id, result.Memories[0].Memory.Version));
        }
        return recalls;
    }

    private Random Seeded()
    {
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        return new Random(TestSeed.Value);
    }

    private static MemoryStoreOptions Options => Vary(new MemoryStoreOptions { RecordMemoryBytes = 16L << 20 });

    private static MemoryStoreOptions Vary(MemoryStoreOptions options) => options with
    {
        LexicalOnly = true,
        Spaces = [Space],
        Durability = Durability.Process,
        SegmentLimits = new(SealRows: 50, GraphVectors: 150),
        CheckpointOnCloseBytes = 1,
    };

    private Task<MemoryStore> OpenAsync() => MemoryStore.OpenAsync(_directory, Options);

    private static Task<MemoryStore> OpenAsync(SimulatedPool pool) => pool.OpenAsync(Vary);

    // Points of their own, far enough apart to be told from each other.
    private static float[] Vector(int n)
    {
        var random = new Random(n);
        return [.. Enumerable.Range(0, Dimension).Select(_ => (float)random.NextDouble() * 100)];
    }

    // Letters alone, so that it is one term.
    private static string Word(int n, int version) => string.Concat($"{n}x{version}".Select(c => (char)(c == 'x' ? 'q' : 'b' + c - '0')));

    private static MemoryDraft Draft(int n, int version) => new()
    {
        Text = $"common words and {Word(n, version)}, {string.Join(' ', Enumerable.Range(0, 60).Select(i => Word(n * i % 39_989, 7)))}",
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = Vector(n) },
    };
}
