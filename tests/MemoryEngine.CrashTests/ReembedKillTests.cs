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
        using var endpoint = new HttpEndpoint((asked, _) => Letters(asked));
        await using (var store = await MemoryStore.OpenAsync(directory.Pool, ChildReembedder.Options with { LexicalOnly = false }))
            await store.RememberManyAsync([.. Enumerable.Range(0, Memories).Select(i => new MemoryDraft { Text = $"text {i}" })]);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = new ChildProcess("reembed", directory.Pool, endpoint.Address.ToString());
            await child.WaitForSignalAsync();
            await Task.Delay(random.Next(5, 150));
            await child.KillAsync();
            var check = await MemoryStore.CheckAsync(directory.Pool, ChildReembedder.Options);
            // A torn last batch is put right, and said.
            Assert.All(check.Problems, p => Assert.Equal("It has been put right.", p.Consequence));
        }
        var asked = Texts(endpoint).Where(t => t.StartsWith("text ", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{asked.Count} texts asked for, {asked.Distinct().Count()} of {Memories}");
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
        Thread.Sleep(2);
        var data = Inputs(asked.Body).Select((t, i) => $$"""{"index":{{i}},"embedding":[{{string.Join(',', "0123456789".Select(d => t.Count(c => c == d)))}},0.1]}""");
        return HttpReply.Of(200, $"{{\"data\":[{string.Join(',', data)}]}}");
    }
}
