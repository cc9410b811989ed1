using Microsoft.Extensions.AI;

namespace MemoryEngine.Tests;

/// <summary>Pools whose vectors a caller's embedder makes.</summary>
public sealed class TextEmbedderTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task Its_vectors_are_stored_and_its_identity_is_held_to()
    {
        await using (var store = await OpenAsync(new Letters()))
        {
            // Asking a pool without vectors declares nothing.
            Assert.Empty((await store.RecallAsync("aaa")).Memories);
            Assert.Empty(store.Stats().Spaces);
            await store.RememberManyAsync([.. "aaaa,bbbb,ab ab".Split(',').Select(t => new MemoryDraft { Text = t })]);
        }
        var silent = new Letters();
        await using (var store = await OpenAsync(silent))
        {
            Assert.Equal(0, silent.Calls);
            var found = await store.RecallAsync(new RecallQuery { Text = "bbbb", K = 3 });
            Assert.Equal(["bbbb", "ab ab", "aaaa"], found.Memories.Select(m => m.Memory.Text));
            Assert.Equal(1f, found.Memories[0].Scores.Vector!.Value, 1e-6f);
        }
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync()));
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(
            () => _pool.OpenAsync(o => o with { Embedder = new Letters(), EmbedderId = "another" })));
        await using (var store = await _pool.OpenAsync(o => o with { Embedder = new Letters(), EmbedderId = "another", LexicalOnly = true }))
        {
            await store.RememberAsync("no vector");
            Assert.Null((await store.RecallAsync("bbbb")).Memories[0].Scores.Vector);
        }
        await using (var reader = await OpenAsync(new Letters(), readOnly: true))
            Assert.NotNull((await reader.RecallAsync("bbbb")).Memories[0].Scores.Vector);
    }

    [Theory]
    [InlineData("throw", "no answer")]
    [InlineData("timeout", "timed out")]
    [InlineData("null", "null in place of vectors")]
    [InlineData("nulls", "null in place of vectors")]
    [InlineData("few", "1 vectors for 2 texts")]
    [InlineData("nan", "a NaN or an infinity")]
    [InlineData("one", "1 dimensions")]
    [InlineData("empty", "0 dimensions")]
    [InlineData("mixed", "2 dimensions")]
    public async Task A_failing_embedder_costs_the_vectors_and_nothing_else(string fault, string why)
    {
        var embedder = new Letters { Fault = fault };
        await using var store = await OpenAsync(embedder);
        var results = await store.RememberManyAsync([new MemoryDraft { Text = "aa" }, new MemoryDraft { Text = "bb" }]);
        Assert.All(results, r => Assert.Contains(why, r.Note, StringComparison.Ordinal));
        var stats = store.Stats();
        Assert.Equal((2, 2, 0, "degraded"), (stats.Memories, stats.Unembedded, stats.Spaces.Count, stats.Health));
        Assert.Contains(why, stats.EmbedderProblem, StringComparison.Ordinal);

        var found = await store.RecallAsync("aa");
        Assert.Equal("aa", Assert.Single(found.Memories).Memory.Text);
        Assert.Null(found.Memories[0].Scores.Vector);
        Assert.Contains(why, Assert.Single(found.Notes), StringComparison.Ordinal);

        embedder.Fault = null;
        _pool.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await store.RememberAsync("ab")).Note);
        found = await store.RecallAsync("ab");
        Assert.NotNull(found.Memories[0].Scores.Vector);
        Assert.Empty(found.Notes);
        stats = store.Stats();
        Assert.Equal((3, 2, 1, "ready"), (stats.Memories, stats.Unembedded, stats.Spaces.Count, stats.Health));
        Assert.Null(stats.EmbedderProblem);
    }

    [Fact]
    public async Task Memories_without_a_vector_are_counted_while_they_live()
    {
        var embedder = new Letters();
        Guid second;
        await using (var store = await OpenAsync(embedder))
        {
            await store.RememberAsync("aa");
            embedder.Fault = "throw";
            second = (await store.RememberAsync("bb")).Id;
            await store.RememberAsync("cc");
        }
        await using (var store = await OpenAsync(new Letters()))
        {
            Assert.Equal(2, store.Stats().Unembedded);
            // The same content again is no new version, so it brings no vector; other content is one and does.
            Assert.Equal(RememberOutcome.Unchanged, (await store.RememberAsync(new MemoryDraft { Id = second, Text = "bb" })).Outcome);
            Assert.Equal(2, store.Stats().Unembedded);
            await store.ReviseAsync(second, new MemoryDraft { Text = "bbb" });
            Assert.Equal(1, store.Stats().Unembedded);
            await store.ForgetAsync(second);
            Assert.Equal(1, store.Stats().Unembedded);
        }
        await using var lexical = await _pool.OpenAsync(o => o with { LexicalOnly = true });
        Assert.Equal(1, lexical.Stats().Unembedded);
    }

    [Fact]
    public async Task A_dead_embedder_is_asked_less_and_less_and_one_at_a_time()
    {
        var embedder = new Letters { Fault = "throw" };
        await using var store = await OpenAsync(embedder);
        await store.RememberAsync("aa");
        Assert.Equal(1, embedder.Calls);
        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            var calls = embedder.Calls;
            _pool.Clock.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Contains("tried again in", (await store.RememberAsync("waits")).Note, StringComparison.Ordinal);
            Assert.Equal(calls, embedder.Calls);
            _pool.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await store.RememberAsync("tries");
            Assert.Equal(calls + 1, embedder.Calls);
        }

        _pool.Clock.Advance(TimeSpan.FromSeconds(30));
        embedder.Gate = new TaskCompletionSource();
        var probe = store.RememberAsync("probe").AsTask();
        Assert.Contains("being tried again", (await store.RememberAsync("beside")).Note, StringComparison.Ordinal);
        embedder.Fault = null;
        embedder.Gate.SetResult();
        Assert.Null((await probe).Note);
        Assert.Null((await store.RememberAsync("after")).Note);
    }

    [Fact]
    public async Task Going_away_says_nothing_of_the_embedder()
    {
        var embedder = new Letters { Gate = new TaskCompletionSource() };
        await using var store = await OpenAsync(embedder);
        using var away = new CancellationTokenSource();
        var write = store.RememberAsync("aa", cancellationToken: away.Token).AsTask();
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Equal((0, "ready"), (store.Stats().Memories, store.Stats().Health));
        embedder.Gate = null;
        Assert.Null((await store.RememberAsync("aa")).Note);
    }

    [Fact]
    public async Task A_text_that_is_refused_costs_the_others_nothing()
    {
        var embedder = new Letters { Fault = "refuse c" };
        await using var store = await OpenAsync(embedder);
        var results = await store.RememberManyAsync([.. "aa,cc,bb".Split(',').Select(t => new MemoryDraft { Text = t })]);
        Assert.Equal([false, true, false], results.Select(r => r.Note is not null));
        Assert.Contains("no such letter", results[1].Note, StringComparison.Ordinal);
        Assert.Equal((1, "ready"), (store.Stats().Unembedded, store.Stats().Health));
        // All of several: then it is not the texts.
        await store.RememberManyAsync([new MemoryDraft { Text = "cc" }, new MemoryDraft { Text = "ccc" }]);
        Assert.Equal("degraded", store.Stats().Health);
    }

    [Fact]
    public async Task A_text_that_gets_no_direction_is_found_by_its_words()
    {
        var embedder = new Letters { Fault = "zero" };
        await using var store = await OpenAsync(embedder);
        var results = await store.RememberManyAsync([new MemoryDraft { Text = "aa" }, new MemoryDraft { Text = "bb" }]);
        Assert.Equal([false, true], results.Select(r => r.Note is not null));
        var stats = store.Stats();
        Assert.Equal((1, 3, "ready"), (stats.Unembedded, Assert.Single(stats.Spaces).Dimension, stats.Health));
        Assert.Equal("bb", (await store.RecallAsync("bb")).Memories[0].Memory.Text);
    }

    [Fact]
    public async Task It_names_itself_and_is_told_what_for()
    {
        var embedder = new Letters { Identity = new EmbedderIdentity("letters/abc", "7") };
        await using (var store = await _pool.OpenAsync(o => o with { Embedder = embedder }))
        {
            await store.RememberAsync("aa");
            await store.RecallAsync("aa");
            Assert.Equal([EmbeddingPurpose.Document, EmbeddingPurpose.Query], embedder.Purposes);
            var space = Assert.Single(store.Stats().Spaces);
            Assert.Equal(("letters/abc", "7"), (space.EmbedderId, space.EmbedderRevision));
        }
        var next = new Letters { Identity = new EmbedderIdentity("letters/abc", "8") };
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync(o => o with { Embedder = next })));
        await using var named = await _pool.OpenAsync(o => o with { Embedder = next, EmbedderRevision = "7" });
        Assert.NotNull((await named.RecallAsync("aa")).Memories[0].Scores.Vector);
    }

    [Fact]
    public async Task A_text_space_of_the_caller_stands_in_for_an_embedder()
    {
        var space = new VectorSpace(VectorSpace.TextSpace, 2, Metric.Cosine, "mine");
        await using (var store = await _pool.OpenAsync(o => o with { Spaces = [space] }))
        {
            await store.RememberAsync(new MemoryDraft
            {
                Text = "east",
                Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = new float[] { 1, 0 } },
            });
            Assert.Equal(1f, (await store.RecallAsync(new RecallQuery { Vector = new float[] { 3, 0 } })).Memories[0].Scores.Vector);
        }
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync()));
        await Assert.ThrowsAsync<ArgumentException>(() => _pool.OpenAsync(o => o with { Spaces = [space], Embedder = new Letters() }));
    }

    private Task<MemoryStore> OpenAsync(Letters embedder, bool readOnly = false) =>
        _pool.OpenAsync(o => o with { Embedder = embedder, EmbedderId = "letters", ReadOnly = readOnly });

    /// <summary>Counts a, b and the rest.</summary>
    private sealed class Letters : IEmbeddingGenerator<string, Embedding<float>>
    {
        public string? Fault { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public EmbedderIdentity? Identity { get; init; }

        public int Calls { get; private set; }

        public List<object?> Purposes { get; } = [];

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            Purposes.Add(options?.AdditionalProperties?[EmbeddingPurpose.Key]);
            if (Gate is not null) await Gate.Task.WaitAsync(cancellationToken);
            if (Fault == "throw") throw new HttpRequestException("no answer");
            if (Fault == "timeout") throw new TaskCanceledException("timed out");
            if (Fault == "null") return null!;
            if (Fault == "nulls") return new GeneratedEmbeddings<Embedding<float>>(values.Select(_ => (Embedding<float>)null!));
            if (Fault == "refuse c" && values.Any(v => v.Contains('c'))) throw new ArgumentException("no such letter");
            var vectors = values.Select(v => new float[] { v.Count(c => c == 'a'), v.Count(c => c == 'b'), 0.1f }).ToList();
            if (Fault == "few") vectors.RemoveAt(0);
            if (Fault == "nan") vectors[^1][0] = float.NaN;
            if (Fault == "zero" && values.Last().Contains('b')) vectors[^1] = [0, 0, 0];
            if (Fault == "one") vectors = vectors.ConvertAll(v => v[..1]);
            if (Fault == "empty") vectors = vectors.ConvertAll(v => v[..0]);
            if (Fault == "mixed") vectors[^1] = vectors[^1][..2];
            return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(v => new Embedding<float>(v)));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbedderIdentity) ? Identity : null;

        public void Dispose()
        {
        }
    }
}
