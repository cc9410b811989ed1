using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Evidence.Advising;
using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Evidence;

/// <summary>The share of the vectors' variance that domains explain is what the plain formula says, of the memories that count.</summary>
public sealed class DomainVarianceTests
{
    private const string Text = VectorSpace.TextSpace;

    private readonly SimulatedPool _pool = new();

    /// <summary>Means 1 and 11 around 6: 44 · 25 between; each vector 1 from its mean: 44 within.</summary>
    [Fact]
    public void Two_groups_are_those_worked_out_by_hand()
    {
        var found = Of(Many(11, [0, 7], [2, 7]), Many(11, [10, 7], [12, 7]));
        Assert.Equal((44L, 2L), (found.Count, found.Groups));
        Assert.Equal(25 / 26.0, found.Raw!.Value, 1e-12);
        Assert.Equal(1 - (1 / 26.0 * 43 / 42), found.Adjusted!.Value, 1e-12);
    }

    [Fact]
    public void Where_there_is_one_group_or_one_vector_in_each_there_is_not_enough_to_say()
    {
        var random = new Random(TestSeed.Value);
        var one = Of(Vectors(random, 40, 3));
        Assert.Equal((0.0, null), (Math.Round(one.Raw!.Value, 12), one.Adjusted));
        var single = Of([.. Enumerable.Range(0, 40).Select(_ => Vectors(random, 1, 3))]);
        Assert.Equal((1.0, null), (Math.Round(single.Raw!.Value, 12), single.Adjusted));
        // 19 more vectors than groups, and 20.
        Assert.Null(Of(Vectors(random, 10, 3), Vectors(random, 11, 3)).Adjusted);
        Assert.NotNull(Of(Vectors(random, 11, 3), Vectors(random, 11, 3)).Adjusted);
        var same = Of(Many(30, [1, 2]), Many(30, [1, 2]));
        Assert.Equal((null, null), (same.Raw, same.Adjusted));
        Assert.Equal((null, null), (Of().Raw, Of().Adjusted));
    }

    /// <summary>Whatever the vectors are, near nought or far from it, the two passes of the definition find the same.</summary>
    [Fact]
    public void It_is_a_share_and_the_one_of_the_definition()
    {
        var vectors = Gen.Choose(1, 12).SelectMany(n => Gen.Choose(-1_000, 1_000).Select(v => v / 37f).ArrayOf(3).ArrayOf(n));
        var world = from far in Gen.Elements(0f, 1f, 30_000f) from groups in Gen.NonEmptyListOf(vectors) select (Far: far, Groups: groups);
        var seed = TestSeed.Value;
        var config = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay((ulong)seed, (ulong)(2 * seed) + 1, 50);
        Check.One(config, Prop.ForAll(world.ToArbitrary(), w =>
        {
            float[][][] groups = [.. w.Groups.Select(g => g.Select(v => v.Select(c => c + w.Far).ToArray()).ToArray())];
            var found = Of(groups);
            var (expected, total) = Expected([.. groups.Select(g => g.Select(v => v.Select(c => (double)c).ToArray()).ToArray())]);
            if (total == 0)
            {
                Assert.Null(found.Raw);
                return;
            }
            Assert.InRange(found.Raw!.Value, 0, 1);
            Assert.Equal(expected, found.Raw.Value, 1e-9);
            Assert.True(found.Adjusted is null || found.Adjusted <= found.Raw);
        }));
    }

    /// <summary>All 276 ways to put two of 24 vectors apart: what is left after chance is nothing in the mean, however they lie.</summary>
    [Fact]
    public void Over_all_ways_to_deal_groups_out_the_mean_is_nought()
    {
        var vectors = Vectors(new Random(TestSeed.Value), 24, 5);
        vectors[3] = [9, 9, 9, 9, 9];
        var found = new List<double>();
        for (var a = 0; a < vectors.Length; a++)
        {
            for (var b = a + 1; b < vectors.Length; b++)
            {
                float[][] apart = [vectors[a], vectors[b]];
                found.Add(Of(apart, [.. vectors.Where((_, i) => i != a && i != b)]).Adjusted!.Value);
            }
        }
        Assert.Equal(276, found.Count);
        Assert.Equal(0, found.Average(), 1e-12);
        Assert.Contains(found, f => f < 0);
    }

    [Fact]
    public async Task Memories_count_that_are_active_name_a_domain_and_have_a_vector_wherever_it_lies()
    {
        var random = new Random(TestSeed.Value);
        var expected = new Dictionary<MemoryLevel, List<(string Domain, float[] Vector)>>();
        var space = new VectorSpace(Text, 4, Metric.Cosine, "mine");
        await using (var store = await OpenAsync(space))
        {
            for (var i = 0; i < 300; i++) await AddAsync(store, i);
            await store.SettleAsync();
            await RemoveSomeAsync(store);
            Check(await store.AdviseAsync());
        }
        await using (var store = await OpenAsync(space))
        {
            Check(await store.AdviseAsync());
            // A version is its own, and takes the place of the one before.
            var vector = Vector(random);
            await store.ReviseAsync(IdOf(7), Draft("new", MemoryLevel.Insight, "a", vector));
            expected[MemoryLevel.Insight].Remove(expected[MemoryLevel.Insight].Single(m => m.Vector.SequenceEqual(_vectors[7])));
            expected[MemoryLevel.Insight].Add(("a", vector));
            Check(await store.AdviseAsync());
        }
        // Of a damaged file the rows come from the journal, once each.
        var damaged = _pool.Disk.AfterProcessKill();
        var file = _pool.FilesIn("segments").Where(f => f.EndsWith(".vectors", StringComparison.Ordinal)).MaxBy(f => damaged.ReadAll(f).Length)!;
        damaged.FlipBit(file, (SealedHeader.Bytes * 8L) + random.Next((damaged.ReadAll(file).Length - SealedHeader.Bytes - 64) * 8));
        await using (var store = await OpenAsync(space, new SimulatedPool { Disk = damaged }))
        {
            Check(await store.AdviseAsync());
            Assert.Contains(store.Stats().OpeningNotes, n => n.Contains(file, StringComparison.Ordinal));
        }

        async Task AddAsync(MemoryStore store, int i)
        {
            var (level, domain) = ((MemoryLevel)(1 + (i % 4)), i % 9 == 0 ? "" : $"d{random.Next(1, 5)}");
            if (i == 7) (level, domain) = (MemoryLevel.Insight, "a");
            _vectors[i] = Vector(random);
            var draft = Draft($"memory {i}", level, domain, i % 10 == 0 ? null : _vectors[i]) with { Id = IdOf(i) };
            await store.RememberAsync(draft, Durability.Process);
            if (i % 10 == 0 || domain.Length == 0 || i is 11 or 12 or 13) return;
            if (!expected.TryGetValue(level, out var list)) expected[level] = list = [];
            list.Add((domain, _vectors[i]));
        }

        void Check(Advice advice)
        {
            Assert.Equal([1, 2, 3, 4], advice.DomainVariance.Select(v => (int)v.Level));
            foreach (var found in advice.DomainVariance)
            {
                var groups = expected[found.Level].GroupBy(m => m.Domain).Select(g => g.Select(m => Unit(m.Vector)).ToArray()).ToArray();
                var (raw, _) = Expected(groups);
                var (n, g) = (expected[found.Level].Count, groups.Length);
                Assert.Equal((n, g), (found.Memories, found.Domains));
                Assert.Equal(raw, found.Raw!.Value, 1e-6);
                Assert.Equal(1 - ((1 - raw) * (n - 1) / (n - g)), found.Explained!.Value, 1e-6);
            }
        }
    }

    /// <summary>Traces speak of their own domain, and insights of the same things everywhere: so the texts' own vectors say.</summary>
    [Fact]
    public async Task Texts_of_their_domain_keep_apart_and_those_of_all_domains_mix()
    {
        string[][] own = [["mutex", "thread", "contention"], ["parser", "grammar", "lexer"], ["shader", "canvas", "pixel"]];
        string[] common = ["measure", "small", "steps", "first", "undo", "before"];
        await using var store = await _pool.OpenAsync(o => o with { SegmentLimits = new(SealRows: 60, GraphVectors: 100) });
        var random = new Random(TestSeed.Value);
        for (var i = 0; i < 300; i++)
        {
            var (domain, isTrace) = (random.Next(3), i % 2 == 0);
            var words = (isTrace ? own[domain] : common).OrderBy(_ => random.Next()).Take(2).Append($"case{random.Next(40)}");
            await store.RememberAsync(
                Draft(string.Join(' ', words), isTrace ? MemoryLevel.Trace : MemoryLevel.Insight, $"d{domain}", null), Durability.Process);
        }
        Check(await store.AdviseAsync());
        // What the pool has learned from its texts serves from here on.
        await store.SettleAsync();
        Assert.Contains((await store.RecallAsync(new RecallQuery { Text = "mutex", Explain = true })).Plan, s => s.Space is "");
        Check(await store.AdviseAsync());

        static void Check(Advice advice)
        {
            var (trace, insight) = (advice.DomainVariance[0], advice.DomainVariance[2]);
            Assert.Equal((3L, 3L), (trace.Domains, insight.Domains));
            Assert.InRange(trace.Explained!.Value, 0.1, 1);
            Assert.InRange(insight.Explained!.Value, -0.05, 0.05);
            Assert.Equal((0L, 0L, null, null), Figures(advice.DomainVariance[1]));
        }

        static (long Memories, long Domains, double? Explained, double? Raw) Figures(DomainVariance v) =>
            (v.Memories, v.Domains, v.Explained, v.Raw);
    }

    [Fact]
    public async Task A_pool_that_has_no_vectors_says_nothing_of_them()
    {
        await using var store = await _pool.OpenAsync(o => o with { LexicalOnly = true });
        await store.RememberAsync(Draft("one", MemoryLevel.Insight, "a", null));
        Assert.Empty((await store.AdviseAsync()).DomainVariance);
    }

    private readonly Dictionary<int, float[]> _vectors = [];

    private Task<MemoryStore> OpenAsync(VectorSpace space, SimulatedPool? pool = null) => (pool ?? _pool).OpenAsync(o => o with
    {
        Spaces = [space],
        SegmentLimits = new(SealRows: 60, GraphVectors: 100),
        CheckpointOnCloseBytes = 1,
    });

    private static async Task RemoveSomeAsync(MemoryStore store)
    {
        await store.ForgetAsync(IdOf(11));
        await store.QuarantineAsync(IdOf(12));
        await store.PurgeAsync([IdOf(13)]);
    }

    private static Guid IdOf(int i) => new(i + 1, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 1]);

    private static MemoryDraft Draft(string text, MemoryLevel level, string domain, float[]? vector) => new()
    {
        Text = text,
        Level = level,
        Domain = domain,
        Vectors = vector is null ? [] : new Dictionary<string, ReadOnlyMemory<float>> { [Text] = vector },
    };

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, 4).Select(_ => (float)(random.NextDouble() - 0.3))];

    private static float[][] Vectors(Random random, int count, int dimension) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextSingle()).ToArray())];

    private static float[][] Many(int times, params float[][] vectors) => [.. Enumerable.Repeat(vectors, times).SelectMany(v => v)];

    private static double[] Unit(float[] vector)
    {
        var length = Math.Sqrt(vector.Sum(c => (double)c * c));
        return [.. vector.Select(c => c / length)];
    }

    private static VarianceByGroup Of(params float[][][] groups)
    {
        var variance = new VarianceByGroup(groups.Length == 0 ? 1 : groups[0][0].Length);
        foreach (var group in groups)
        {
            foreach (var vector in group) variance.Add(vector);
            variance.EndGroup();
        }
        return variance;
    }

    // The definition: the means first, and then the squares of the distances to them.
    private static (double Share, double Total) Expected(double[][][] groups)
    {
        double[][] all = [.. groups.SelectMany(g => g)];
        var center = Mean(all);
        var total = all.Sum(v => Squared(v, center));
        return (groups.Sum(g => g.Length * Squared(Mean(g), center)) / total, total);

        static double[] Mean(double[][] vectors) =>
            [.. Enumerable.Range(0, vectors[0].Length).Select(i => vectors.Average(v => v[i]))];

        static double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
    }
}
