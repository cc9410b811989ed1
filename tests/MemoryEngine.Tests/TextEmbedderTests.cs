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
    [InlineData("throw")]
    [InlineData("few")]
    [InlineData("nan")]
    [InlineData("zero")]
    [InlineData("one")]
    [InlineData("empty")]
    [InlineData("mixed")]
    public async Task A_useless_answer_changes_nothing(string fault)
    {
        var embedder = new Letters { Fault = fault };
        await using var store = await OpenAsync(embedder);
        var drafts = new[] { new MemoryDraft { Text = "aa" }, new MemoryDraft { Text = "bb" } };
        Assert.Equal(ErrorCode.Embedder, await SimulatedPool.CodeOfAsync(() => store.RememberManyAsync(drafts)));
        Assert.Equal((1, 0), (store.Stats().Sequence, store.Stats().Spaces.Count));
        embedder.Fault = null;
        await store.RememberManyAsync(drafts);
        embedder.Fault = fault == "few" ? "throw" : fault;
        var asked = fault == "mixed" ? null : embedder.Fault;
        if (asked is not null) Assert.Equal(ErrorCode.Embedder, await SimulatedPool.CodeOfAsync(async () => await store.RecallAsync("aa")));
        Assert.Equal(2, store.Stats().Memories);
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

        public int Calls { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            if (Fault == "throw") throw new HttpRequestException("no answer");
            var vectors = values.Select(v => new float[] { v.Count(c => c == 'a'), v.Count(c => c == 'b'), 0.1f }).ToList();
            if (Fault == "few") vectors.RemoveAt(0);
            if (Fault == "nan") vectors[^1][0] = float.NaN;
            if (Fault == "zero") vectors[^1] = [0, 0, 0];
            if (Fault == "one") vectors = vectors.ConvertAll(v => v[..1]);
            if (Fault == "empty") vectors = vectors.ConvertAll(v => v[..0]);
            if (Fault == "mixed") vectors[^1] = vectors[^1][..2];
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(vectors.Select(v => new Embedding<float>(v))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
