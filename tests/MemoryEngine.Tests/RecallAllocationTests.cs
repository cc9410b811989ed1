namespace MemoryEngine.Tests;

// Not beside tests that listen: then a recall is told of.
[Collection(nameof(Telemetry.StoreTelemetryTests))]
public sealed class RecallAllocationTests : IDisposable
{
    private const int Dimension = 64;
    private readonly string _directory = Directory.CreateTempSubdirectory("memengine-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Allocation is counted, not timed, so a unit test can hold it.</summary>
    [Theory]
    [InlineData(false, 2048)]
    [InlineData(true, 4096)]
    public async Task A_recall_with_a_vector_allocates_little_besides_its_text(bool isRecorded, int most)
    {
        var options = new MemoryStoreOptions { Spaces = [new VectorSpace(VectorSpace.TextSpace, Dimension, EmbedderId: "test")] };
        await using var store = await MemoryStore.OpenAsync(_directory, options);
        var random = new Random(3);
        await store.RememberManyAsync([.. Enumerable.Range(0, 500).Select(i => new MemoryDraft
        {
            Text = $"memory number {i} with some text to it",
            Title = $"title {i}",
            Domain = $"a/{i % 7}",
            Tags = ["one", "two"],
            Requires = new Dictionary<string, string> { ["language"] = "go" },
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = Vector(random) },
        })]);
        var query = new RecallQuery { Vector = Vector(random), K = 3, Record = isRecorded };
        const int Recalls = 200;
        for (var i = 0; i < Recalls; i++) await store.RecallAsync(query);

        long texts = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Recalls; i++)
        {
            var recall = store.RecallAsync(query);
            Assert.True(recall.IsCompletedSuccessfully, "A recall of bodies in memory had to wait.");
            foreach (var memory in (await recall).Memories) texts += StringBytes(memory.Memory.Text) + StringBytes(memory.Memory.Title!);
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - before - texts) / Recalls;
        Assert.InRange(each, 1, most);
    }

    private static long StringBytes(string text) => 22 + (2 * text.Length);

    private static float[] Vector(Random random) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
}
