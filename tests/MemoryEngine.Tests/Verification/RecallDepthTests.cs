namespace MemoryEngine.Tests.Verification;

/// <summary>
/// A recall that finds too little among the first goes deeper, and later ones know it: whatever that changes in how they search, and in
/// how many they look at, they answer alike.
/// </summary>
public sealed class RecallDepthTests
{
    private const int Recalls = 12;

    private readonly SimulatedPool _pool = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Behind_two_hundred_that_are_alike_the_others_are_found_every_time(bool byWordsAlone)
    {
        var parts = byWordsAlone ? RecallParts.Words : RecallParts.All;
        await using var store = await _pool.OpenAsync();
        await store.RememberManyAsync([.. Enumerable.Range(0, 200).Select(_ => new MemoryDraft { Text = "queue workers drain slowly under load" })]);
        await store.RememberManyAsync([.. Enumerable.Range(0, 9).Select(i => new MemoryDraft { Text = $"queue number {i} of the workers" })]);
        var query = new RecallQuery { Text = "queue workers drain slowly under load", K = 5, Parts = parts };
        var first = await store.RecallAsync(query);
        Assert.Equal(5, first.Memories.Count);
        Assert.Equal(5, first.Memories.Select(m => m.Memory.Text).Distinct().Count());
        for (var i = 1; i < Recalls; i++)
        {
            var later = await store.RecallAsync(query with { Explain = i % 2 == 0 });
            Assert.Equal(first.Memories.Select(m => (m.Memory.Id, m.Scores)), later.Memories.Select(m => (m.Memory.Id, m.Scores)));
        }
        // And back to those that need not go deep.
        for (var i = 0; i < 2 * Recalls; i++)
            Assert.Equal(3, (await store.RecallAsync(new RecallQuery { Text = $"number {i % 9}", K = 3, Parts = parts })).Memories.Count);
        var last = await store.RecallAsync(query);
        Assert.Equal(first.Memories.Select(m => (m.Memory.Id, m.Scores)), last.Memories.Select(m => (m.Memory.Id, m.Scores)));
    }
}
