using System.Runtime.InteropServices;
using MemoryEngine.Agents.Embedders;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>Texts become the mean of their tokens' rows, whatever the table is made of.</summary>
public sealed class StaticEmbeddingTests
{
    [Fact]
    public async Task A_text_is_the_mean_of_its_tokens()
    {
        using var folder = ModelFolder.Whole();
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        // retry (2), ##s (8), the (6), queue (5), . (7)
        Assert.Equal([5.6f, 1f, -5.6f], await EmbedAsync(embedder, "Retrys the QUEUE."));
        Assert.Equal([2f, 1f, -2f], await EmbedAsync(embedder, "unknown retry words"));
        Assert.Equal([0f, 0f, 0f], await EmbedAsync(embedder, "nothing known"));
        Assert.Equal([0f, 0f, 0f], await EmbedAsync(embedder, ""));
        // What begins with a known piece and goes on with none is unknown as a whole.
        Assert.Equal([5f, 1f, -5f], await EmbedAsync(embedder, "retryx queue"));
    }

    [Fact]
    public async Task Only_the_first_tokens_count_and_length_may_be_one()
    {
        using var folder = ModelFolder.Whole(normalize: true);
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root, mostTokens: 2);
        var length = MathF.Sqrt((4f * 4f) + 1 + (4f * 4f));
        var vector = await EmbedAsync(embedder, "retry the queue");
        Assert.Equal([4 / length, 1 / length, -4 / length], vector.Select(x => x), (a, b) => MathF.Abs(a - b) < 1e-6f);
        Assert.Equal(await EmbedAsync(embedder, "retry zzz retrys"), await EmbedAsync(embedder, "retry retry"));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F64")]
    [InlineData("I8")]
    public async Task Tables_of_every_type_say_the_same(string type)
    {
        using var folder = ModelFolder.Whole();
        float[] rows = [.. ModelFolder.Rows(ModelFolder.Pieces.Length)];
        folder.WriteTable(
            // An odd number of bytes before it: elements need not be aligned.
            ("a_first", "U8", [3], [1, 2, 3]),
            ("embeddings", type, [ModelFolder.Pieces.Length, 3], Encode(type, rows)));
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        Assert.Equal([3.5f, 1f, -3.5f], await EmbedAsync(embedder, "retry queue"));
    }

    [Theory]
    [InlineData("I64", "F32")]
    [InlineData("I32", "F64")]
    public async Task A_smaller_table_has_a_mapping_and_weights(string mappingType, string weightType)
    {
        using var folder = ModelFolder.Whole();
        var count = ModelFolder.Pieces.Length;
        float[] weights = [.. Enumerable.Range(0, count).Select(i => i * 0.5f)];
        var mapping = Enumerable.Range(0, count).Select(i => (long)(i % 2)).ToArray();
        folder.WriteTable(
            ("embeddings", "F32", [2, 3], ModelFolder.Singles(1, 2, 3, 10, 20, 30)),
            ("mapping", mappingType, [count], mappingType == "I64"
                ? MemoryMarshal.AsBytes<long>(mapping).ToArray()
                : MemoryMarshal.AsBytes<int>(mapping.Select(m => (int)m).ToArray()).ToArray()),
            ("weights", weightType, [count], Encode(weightType, weights)));
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        // retry: row 0, weight 1; queue: row 1, weight 2.5.
        Assert.Equal([13f, 26f, 39f], await EmbedAsync(embedder, "retry queue"));
    }

    [Fact]
    public void The_revision_is_that_of_the_files()
    {
        using var folder = ModelFolder.Whole();
        using var same = ModelFolder.Whole();
        var revision = RevisionOf(folder);
        Assert.Matches("^[0-9a-f]{16}$", revision);
        Assert.Equal(revision, RevisionOf(same));
        float[] rows = [.. ModelFolder.Rows(ModelFolder.Pieces.Length)];
        rows[^1]++;
        same.WriteTable(("embeddings", "F32", [ModelFolder.Pieces.Length, 3], ModelFolder.Singles(rows)));
        Assert.NotEqual(revision, RevisionOf(same));
        folder.WriteTokenizer(ModelFolder.TokenizerOf([.. ModelFolder.Pieces.Reverse()]));
        Assert.NotEqual(revision, RevisionOf(folder));
    }

    [Fact]
    public async Task It_names_itself_and_can_be_closed()
    {
        using var folder = ModelFolder.Whole();
        var embedder = StaticEmbeddingGenerator.Open(folder.Root, "potion");
        Assert.Equal("model2vec/potion", Assert.IsType<EmbedderIdentity>(embedder.GetService(typeof(EmbedderIdentity))).Id);
        Assert.Equal(3, Assert.IsType<EmbeddingGeneratorMetadata>(embedder.GetService(typeof(EmbeddingGeneratorMetadata))).DefaultModelDimensions);
        embedder.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => EmbedAsync(embedder, "retry"));
    }

    [Fact]
    public async Task The_tables_of_sentence_transformers_are_read_as_well()
    {
        using var folder = ModelFolder.Whole();
        float[] rows = [.. ModelFolder.Rows(ModelFolder.Pieces.Length)];
        folder.WriteTable(("embedding.weight", "F32", [ModelFolder.Pieces.Length, 3], ModelFolder.Singles(rows)));
        File.Delete(folder.Config);
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        Assert.Equal([2f, 1f, -2f], await EmbedAsync(embedder, "retry"));
    }

    [Fact]
    public async Task Threads_share_it()
    {
        using var folder = ModelFolder.Whole();
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        await Parallel.ForAsync(0, 200, async (i, _) =>
        {
            var expected = i % 2 == 0 ? 2f : 5f;
            Assert.Equal(expected, (await EmbedAsync(embedder, i % 2 == 0 ? "retry retry" : "queue"))[0]);
        });
    }

    private static string RevisionOf(ModelFolder folder)
    {
        using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
        return embedder.Identity.Revision;
    }

    private static async Task<IReadOnlyList<float>> EmbedAsync(StaticEmbeddingGenerator embedder, string text) =>
        (await embedder.GenerateAsync([text])).Single().Vector.ToArray();

    private static byte[] Encode(string type, float[] values) => type switch
    {
        "F32" => MemoryMarshal.AsBytes<float>(values).ToArray(),
        "F16" => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)).ToArray(),
        "BF16" => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))).ToArray(),
        "F64" => MemoryMarshal.AsBytes<double>(Array.ConvertAll(values, v => (double)v)).ToArray(),
        _ => [.. values.Select(v => (byte)(sbyte)v)],
    };
}
