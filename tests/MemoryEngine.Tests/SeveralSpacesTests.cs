namespace MemoryEngine.Tests;

/// <summary>
/// One pool holds what a programming agent and a manipulating robot learned: code embeddings under cosine, gripper poses under
/// L2, of different dimensions. A query brings what it has of each.
/// </summary>
public sealed class SeveralSpacesTests
{
    private static readonly VectorSpace Code = new("code", 16, Metric.Cosine, "test/code", "1", "code");
    private static readonly VectorSpace Pose = new("pose", 7, Metric.L2, "test/pose", "1", "action");
    private readonly SimulatedPool _pool = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_what_is_near_in_both_spaces_is_found_by_both(bool isSealed)
    {
        await FillAsync();
        await using var store = await OpenAsync(isSealed);
        await store.SettleAsync();
        // Each space by itself is sure of another memory.
        Assert.Equal("looks alike, moves otherwise", await FirstAsync(store, new QueryVector("code", CodeAt(0))));
        Assert.Equal("moves alike, looks otherwise", await FirstAsync(store, new QueryVector("pose", PoseAt(0))));
        QueryVector[] both = [new("code", CodeAt(0)), new("pose", PoseAt(0))];
        var result = await store.RecallAsync(new RecallQuery { Vectors = both, K = 3, Explain = true });
        Assert.Equal("grasp the mug by its handle", result.Memories[0].Memory.Text);
        Assert.Equal(2, result.Memories[0].Scores.VectorRank);
        Assert.Equal(["code", "pose"], result.Plan.Select(s => s.Space!).Distinct());
        // A weight decides for one of them, and a text joins in.
        Assert.Equal("moves alike, looks otherwise", await FirstAsync(store, new("code", CodeAt(0), 0), new("pose", PoseAt(0))));
        var withText = new RecallQuery { Vectors = both, Text = "unrelated words about parsers", TextWeight = 50, K = 1 };
        Assert.Equal("unrelated words about parsers", (await store.RecallAsync(withText)).Memories[0].Memory.Text);
    }

    [Fact]
    public async Task A_vector_for_a_space_twice_or_of_no_space_or_with_no_weight_is_refused()
    {
        await FillAsync();
        await using var store = await OpenAsync(false);
        await RefusedAsync("two of", [new("code", CodeAt(0)), new("code", CodeAt(1))]);
        await RefusedAsync("declare it", [new("sound", CodeAt(0))]);
        await RefusedAsync("dimensions", [new("pose", CodeAt(0))]);
        await RefusedAsync("weights are", [new("code", CodeAt(0), -1)]);
        await RefusedAsync("weights are", [new("code", CodeAt(0), float.NaN)]);

        async Task RefusedAsync(string why, QueryVector[] vectors)
        {
            var e = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.RecallAsync(new RecallQuery { Vectors = vectors }));
            Assert.Contains(why, e.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task<string> FirstAsync(MemoryStore store, params QueryVector[] vectors) =>
        (await store.RecallAsync(new RecallQuery { Vectors = vectors, K = 1 })).Memories[0].Memory.Text;

    private async Task FillAsync()
    {
        await using var store = await OpenAsync(false);
        await RememberAsync("grasp the mug by its handle", CodeAt(0.2f), PoseAt(0.2f));
        await RememberAsync("looks alike, moves otherwise", CodeAt(0.1f), PoseAt(9));
        await RememberAsync("moves alike, looks otherwise", CodeAt(1.5f), PoseAt(0.1f));
        await RememberAsync("looks a little alike", CodeAt(0.3f), null);
        await RememberAsync("moves a little alike", null, PoseAt(0.3f));
        await RememberAsync("unrelated words about parsers", null, null);
        for (var i = 0; i < 60; i++) await RememberAsync($"filler {i}", CodeAt(2 + (i / 60f)), PoseAt(20 + i));

        async Task RememberAsync(string text, float[]? code, float[]? pose)
        {
            var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
            if (code is not null) vectors["code"] = code;
            if (pose is not null) vectors["pose"] = pose;
            await store.RememberAsync(new MemoryDraft { Text = text, Vectors = vectors });
        }
    }

    private Task<MemoryStore> OpenAsync(bool isSealed) => _pool.OpenAsync(o => o with
    {
        Spaces = [Code, Pose],
        LexicalOnly = true,
        SegmentLimits = isSealed ? new(SealRows: 10, GraphVectors: 30) : new(),
        CheckpointOnCloseBytes = 1,
    });

    // Vectors at an angle from the first.
    private static float[] CodeAt(float angle)
    {
        var vector = new float[16];
        (vector[0], vector[5]) = (MathF.Cos(angle), MathF.Sin(angle));
        return vector;
    }

    private static float[] PoseAt(float distance)
    {
        var vector = new float[7];
        vector[3] = distance;
        return vector;
    }
}
