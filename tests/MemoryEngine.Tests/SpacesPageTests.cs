using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>The code of docs/spaces.md is what is compiled and run here.</summary>
[Collection(Alone.Name)]
public sealed class SpacesPageTests
{
    [Fact]
    public async Task The_page_finds_what_it_says()
    {
        Assert.Equal("Grasp the mug by its handle.", await PageRun.PrintedAsync(PageAsync));
    }

    [Fact]
    public void The_page_shows_that_code()
    {
        var here = RepositoryFiles.Text("tests", "MemoryEngine.Tests", "SpacesPageTests.cs").Split('\n');
        var start = Array.FindLastIndex(here, l => l.Contains("private static async Task PageAsync", StringComparison.Ordinal)) + 2;
        var end = Array.FindIndex(here, start, l => l.Contains("Grasp the mug by its handle.", StringComparison.Ordinal) && l.Contains("//"));
        var code = string.Join('\n', here[start..(end + 1)].Select(l => l.Length > 8 ? l[8..] : ""));
        Assert.Contains($"```csharp\n{code}\n```", RepositoryFiles.Text("docs", "spaces.md"), StringComparison.Ordinal);
    }

    private static async Task PageAsync()
    {
        var options = new MemoryStoreOptions
        {
            Spaces =
            [
                new VectorSpace("code", 3, Metric.Cosine, "acme/code-embedder", "2", "code"),
                new VectorSpace("pose", 2, Metric.L2, "acme/gripper", "1", "action"),
            ],
        };
        await using var store = await MemoryStore.OpenAsync("robots", options);
        await RememberAsync("Grasp the mug by its handle.", code: [0.9f, 0.4f, 0], pose: [0.2f, 0.1f]);
        await RememberAsync("Its interface looks alike; it has no arm.", code: [1, 0.1f, 0], pose: null);
        await RememberAsync("It moves alike, for another thing.", code: null, pose: [0.1f, 0]);
        var recall = await store.RecallAsync(new RecallQuery
        {
            Vectors = [new QueryVector("code", new float[] { 1, 0, 0 }), new QueryVector("pose", new float[] { 0, 0 }, Weight: 1)],
            K = 1,
        });
        Console.WriteLine(recall.Memories[0].Memory.Text); // Grasp the mug by its handle.

        async Task RememberAsync(string text, float[]? code, float[]? pose)
        {
            var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
            if (code is not null) vectors["code"] = code;
            if (pose is not null) vectors["pose"] = pose;
            await store.RememberAsync(new MemoryDraft { Text = text, Vectors = vectors });
        }
    }
}
