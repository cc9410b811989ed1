using System.Globalization;

namespace MemoryEngine.Tests.Golden;

/// <summary>
/// What golden pools are filled with: every level, format and field, vectors in two spaces beside the built-in one,
/// idempotency keys, and memories that were revised, forgotten and restored.
/// </summary>
internal static class GoldenContent
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static MemoryStoreOptions Options => new()
    {
        Clock = new ManualClock(),
        Spaces = [new VectorSpace("layout", 4, Metric.L2), new VectorSpace("code", 3, Metric.Cosine, "embedder/of-code", "2", "code")],
        IdempotencyRetention = TimeSpan.FromDays(36_500),
        RecordMemoryBytes = 16L << 20,
        OwnerName = "the golden pools",
        JournalFileBytes = 6_000,
        CheckpointBytes = 1L << 30,
        SegmentLimits = new(GraphVectors: 6),
        // What is compared are sequences, and recalls are to leave them alone.
        RecordTransfers = false,
    };

    public static Guid Id(int memory) => Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"0194401d-0000-7000-8000-{memory:D12}"));

    public static MemoryDraft Draft(int memory, int version)
    {
        var random = new Random((memory * 100) + version);
        return new MemoryDraft
        {
            Id = Id(memory),
            Text = $"Memory {memory}, version {version}: größer, 更大, 🧠. {new string((char)('a' + memory), random.Next(300))}",
            Level = (MemoryLevel)(1 + (memory % 4)),
            Format = (MemoryFormat)(1 + (memory / 4 % 4)),
            Result = (TaskResult)(memory % 3),
            Domain = memory % 5 == 0 ? "" : $"backend/go{memory % 3}",
            Task = memory % 2 == 0 ? $"task {memory}" : null,
            Title = memory % 3 == 0 ? $"title {memory}" : null,
            Key = memory % 4 == 0 ? $"when {memory} happens" : null,
            Model = memory % 2 == 0 ? "a-model" : null,
            Contributor = memory % 3 == 0 ? "someone" : null,
            Source = memory % 4 == 1 ? "https://example.org/source" : null,
            License = memory % 4 == 2 ? "CC-BY-4.0" : null,
            ExpiresAt = memory % 6 == 5 ? Now + TimeSpan.FromDays(30 + memory) : null,
            Requires = memory % 4 == 3 ? new Dictionary<string, string> { ["language"] = "go", ["os"] = "linux" } : new Dictionary<string, string>(),
            Tags = memory % 3 == 1 ? ["flaky", $"tag-{memory}"] : [],
            Extra = memory % 5 == 1 ? $$"""{"confidence":0.{{memory}}}""" : null,
            IdempotencyKey = memory % 4 == 0 ? Key(memory, version) : null,
            Vectors = Vectors(memory, random),
        };
    }

    public static string Key(int memory, int version) => $"key of {memory}, version {version}";

    /// <summary>Sixteen memories; some revised, forgotten, restored, remembered again with a key.</summary>
    public static async Task FillAsync(MemoryStore store)
    {
        for (var memory = 0; memory < 16; memory++) await store.RememberAsync(Draft(memory, 1));
        foreach (var memory in new[] { 2, 4, 8, 9 }) await store.ReviseAsync(Id(memory), Draft(memory, 2));
        await store.RememberAsync(Draft(8, 3));
        foreach (var memory in new[] { 3, 4, 5 }) await store.ForgetAsync(Id(memory));
        await store.RestoreAsync(Id(5));
        // An answer that made no version has an event of its own.
        await store.RememberAsync(Draft(1, 1) with { IdempotencyKey = "once more" });
    }

    private static Dictionary<string, ReadOnlyMemory<float>> Vectors(int memory, Random random)
    {
        var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
        if (memory % 2 == 0) vectors["layout"] = Vector(4);
        if (memory % 3 == 0) vectors["code"] = Vector(3);
        return vectors;

        float[] Vector(int dimension) => [.. Enumerable.Range(0, dimension).Select(_ => random.Next(-100, 100) + 0.5f)];
    }
}
