using MemoryEngine.Index;

namespace MemoryEngine.Tests;

/// <summary>Queries that know the beginning of a word, and queries of which no memory knows a word.</summary>
public sealed class BeginningTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public void The_shortest_words_with_a_beginning_are_what_it_stands_for()
    {
        var builder = new WordList.Builder();
        builder.Add("kubernetes kubectl kubelet kubeconfig kube-proxy Kubernetes ünder kub 漢字漢字漢字");
        var words = builder.Build();
        var known = new Known();
        Assert.Equal([Term("kubectl"), Term("kubelet"), Term("kubeproxy"), Term("kubeconfig"), Term("kubernetes")], Complete("kube"));
        Assert.Equal([Term("kubernetes")], Complete("kubern"));
        known.Missing = Term("kubectl");
        Assert.Equal([Term("kubeconfig")], Complete("kubec"));
        Assert.Empty(Complete("kub"));
        Assert.Empty(Complete("kubes"));
        Assert.Empty(Complete("zeta"));
        Assert.Empty(Complete("aaaa"));
        Assert.Empty(Complete(new string('k', 60)));

        ulong[] Complete(string beginning)
        {
            var found = new ulong[WordList.MostCompletions];
            return found[..words.Complete(beginning, known, found)];
        }
    }

    [Theory]
    [InlineData(30)]
    [InlineData(400)]
    public async Task The_beginning_of_a_word_finds_it(int count)
    {
        await using var store = await _pool.OpenAsync();
        await FillAsync(store, count);
        await store.RememberAsync("Drain a node of the kubernetes cluster before an upgrade.");
        await store.RememberAsync("Call getUserById once and keep what it returns.");
        await store.SettleAsync();
        Assert.Contains("kubernetes", (await store.RecallAsync("kube", k: 1)).Memories[0].Memory.Text, StringComparison.Ordinal);
        Assert.Contains("kubernetes", (await store.RecallAsync("upgrade of kuber nodes", k: 1)).Memories[0].Memory.Text, StringComparison.Ordinal);
        Assert.Contains("getUserById", (await store.RecallAsync("getUser", k: 1)).Memories[0].Memory.Text, StringComparison.Ordinal);
        // What comes later is known as well, and a whole word is that word alone.
        await store.RememberAsync("The kube is a cube.");
        var found = Assert.Single((await store.RecallAsync("kube", k: 5)).Memories, m => m.Scores.Bm25 is not null);
        Assert.Equal("The kube is a cube.", found.Memory.Text);
        var postgres = (await store.RememberAsync("Vacuum postgresql at night.")).Id;
        Assert.Equal(postgres, (await store.RecallAsync("postg", k: 1)).Memories[0].Memory.Id);
        await store.PurgeAsync([postgres]);
        Assert.Empty((await store.RecallAsync("postg")).Memories);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(400)]
    public async Task A_query_of_unknown_words_is_answered_with_nothing_and_says_so(int count)
    {
        await using var store = await _pool.OpenAsync();
        await FillAsync(store, count);
        await store.SettleAsync();
        foreach (var query in new[] { "zyzzyva quoxwark", "的的", "of the" })
        {
            var found = await store.RecallAsync(query);
            Assert.Empty(found.Memories);
            Assert.Contains("No memory holds a word", Assert.Single(found.Notes), StringComparison.Ordinal);
        }
        Assert.NotEmpty((await store.RecallAsync("deploy zyzzyva")).Memories);
        // An empty answer of an empty choice says nothing of words.
        Assert.Empty((await store.RecallAsync(new RecallQuery { Text = "zyzzyva", WithinDomain = "elsewhere" })).Notes);
    }

    private static async Task FillAsync(MemoryStore store, int count) => await store.RememberManyAsync(
        [.. Enumerable.Range(0, count).Select(i => new MemoryDraft { Text = $"Deploy service {i} and watch its logs." })]);

    private static ulong Term(string word)
    {
        using var counts = TermCounts.Of(word);
        return Assert.Single(counts.Terms.ToArray());
    }

    private sealed class Known : ITermSet
    {
        public ulong Missing { get; set; }

        public bool Contains(ulong term) => term != Missing;
    }
}
