using System.Text.Json;
using MemoryEngine.Testing;
using MemoryEngine.Testing.Http;
using Xunit.Abstractions;

namespace MemoryEngine.CrashTests;

/// <summary>A process that embeds a pool's texts anew, and writes meanwhile, is killed again and again until it is done.</summary>
[Trait("Category", "Crash")]
public sealed class ReembedKillTests(ITestOutputHelper output)
{
    private const int Memories = 400;
    private const int Kills = 8;

    [Fact]
    public async Task No_kill_costs_a_vector_that_was_stored()
    {
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        var random = new Random(TestSeed.Value);
        using var directory = new TemporaryPool();
        // Told of the request at which the child is to die; that one is not answered any more.
        var (left, reached) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var endpoint = new HttpEndpoint((asked, _) =>
        {
            if (!Inputs(asked.Body)[0].StartsWith("text ", StringComparison.Ordinal) || Interlocked.Decrement(ref left) != 0) return Letters(asked);
            reached.SetResult();
            return random.Next(2) == 0 ? HttpReply.Silence() : Letters(asked);
        });
        await using (var store = await MemoryStore.OpenAsync(directory.Pool, ChildReembedder.Options with { LexicalOnly = false }))
            await store.RememberManyAsync([.. Enumerable.Range(0, Memories).Select(i => new MemoryDraft { Text = $"text {i}" })]);
        for (var kill = 0; kill < Kills; kill++)
        {
            (left, reached) = (random.Next(1, 1 + (Memories / 8 / Kills)), new(TaskCreationOptions.RunContinuationsAsynchronously));
            using var child = new ChildProcess("reembed", directory.Pool, endpoint.Address.ToString());
            await child.WaitForSignalAsync();
            await reached.Task.WaitAsync(Patience.Limit);
            await child.KillAsync();
            var check = await MemoryStore.CheckAsync(directory.Pool, ChildReembedder.Options);
            // A torn last batch is put right, and said.
            Assert.All(check.Problems, p => Assert.Equal("It has been put right.", p.Consequence));
        }
        var asked = Texts(endpoint).Where(t => t.StartsWith("text ", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{asked.Count} texts asked for, {asked.Distinct().Count()} of {Memories}");
        Assert.True(asked.Distinct().Count() > Kills * 8);
        // What a killed process had asked for and not stored: one batch each time.
        Assert.InRange(asked.Count - asked.Distinct().Count(), 0, Kills * 8);
        await FinishAsync(directory, endpoint, asked);
    }

    private static async Task FinishAsync(TemporaryPool directory, HttpEndpoint endpoint, List<string> before)
    {
        using var embedder = ChildReembedder.Embedder(endpoint.Address);
        await using (var store = await MemoryStore.OpenAsync(directory.Pool, ChildReembedder.Options))
        {
            var result = await store.ReembedAsync(new ReembedOptions { Embedder = embedder, BatchTexts = 8 });
            Assert.Equal(store.Stats().Memories, result.Embedded + result.Already);
            Assert.Equal(0, store.Stats().Unembedded);
        }
        var asked = Texts(endpoint).Where(t => t.StartsWith("text ", StringComparison.Ordinal)).ToList();
        Assert.Equal(Memories, asked.Distinct().Count());
        Assert.InRange(asked.Count - Memories, 0, Kills * 8);
        Assert.True(asked.Count >= before.Count);
        await using var found = await MemoryStore.OpenAsync(
            directory.Pool, ChildReembedder.Options with { LexicalOnly = false, Embedder = embedder });
        Assert.NotNull((await found.RecallAsync("text 17")).Memories[0].Scores.Vector);
    }

    private static IEnumerable<string> Texts(HttpEndpoint endpoint) => endpoint.Asked.SelectMany(a => Inputs(a.Body));

    private static List<string> Inputs(string body) =>
        [.. JsonDocument.Parse(body).RootElement.GetProperty("input").EnumerateArray().Select(t => t.GetString()!)];

    private static HttpReply Letters(HttpAsked asked)
    {
        var counts = Inputs(asked.Body).Select(t => string.Join(',', "0123456789".Select(d => t.Count(c => c == d))));
        var data = counts.Select((vector, i) => $$"""{"index":{{i}},"embedding":[{{vector}},0.1]}""");
        return HttpReply.Of(200, $"{{\"data\":[{string.Join(',', data)}]}}");
    }
}
