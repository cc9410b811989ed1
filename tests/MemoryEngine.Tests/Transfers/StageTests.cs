using MemoryEngine.Transfers;

namespace MemoryEngine.Tests.Transfers;

public sealed class StageTests
{
    [Fact]
    public void Effect_puts_known_help_first_and_known_harm_last_and_leaves_the_rest_as_it_was()
    {
        StagedCandidate[] candidates = [Staged(null), Staged(-4), Staged(2), Staged(null), Staged(7), Staged(2)];
        var order = new int[6];
        SecondStage.ByEffect(candidates, order);
        Assert.Equal([4, 2, 5, 0, 3, 1], order);
    }

    [Fact]
    public void Of_equal_effect_the_one_with_the_better_score_by_credit_comes_first()
    {
        StagedCandidate[] candidates = [Staged(null) with { Score = 0.9 }, Staged(1) with { Score = 0.5 }, Staged(null) with { Score = 0.95 }];
        var order = new int[3];
        SecondStage.ByEffect(candidates, order);
        Assert.Equal([1, 2, 0], order);
    }

    [Fact]
    public void Effect_moves_nothing_from_behind_the_twentieth()
    {
        var candidates = Enumerable.Range(0, 30).Select(i => Staged(i)).ToArray();
        var order = new int[30];
        SecondStage.ByEffect(candidates, order);
        Assert.Equal(Enumerable.Range(0, 20).Reverse().Concat(Enumerable.Range(20, 10)), order);
    }

    [Theory]
    [InlineData(0.5, 0.4, "9,9,9,9,0", 4)]
    [InlineData(0.5, 0.6, "9,9,9,9,0", -1)]
    [InlineData(0.0, 0.0, "9,9,9,9,0", -1)]
    [InlineData(1.0, 0.0, "9,9,1,9,0", -1)]
    [InlineData(1.0, 0.0, "9,9,9,9,9", -1)]
    [InlineData(1.0, 0.0, "9,9,0", -1)]
    public void The_floor_gives_the_last_place_to_the_best_new_one_unless_there_is_one_already(
        double share, double draw, string appearances, int explored)
    {
        var candidates = appearances.Split(',').Select(a => Staged(null, long.Parse(a))).ToArray();
        Assert.Equal(explored, SecondStage.Explored(candidates, 3, share, draw));
    }

    [Fact]
    public void Without_diversity_the_order_is_that_of_relevance_and_with_it_likes_stand_apart()
    {
        double[] relevance = [1, 0.9, 0.8, 0.7];
        // The first two are alike, and so are the last two.
        double Similarity(int a, int b) => a / 2 == b / 2 ? 1 : 0;
        var order = new int[4];
        Diversity.Order(relevance, Similarity, 0, order);
        Assert.Equal([0, 1, 2, 3], order);
        Diversity.Order(relevance, Similarity, 0.5, order);
        Assert.Equal([0, 2, 1, 3], order);
    }

    [Fact]
    public void Marginal_relevance_takes_what_a_plain_search_for_the_maximum_takes()
    {
        var random = new Random(7);
        for (var run = 0; run < 200; run++)
        {
            var n = random.Next(1, 12);
            var relevance = Enumerable.Range(0, n).Select(_ => random.NextDouble()).OrderDescending().ToArray();
            var alike = new double[n, n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < i; j++) alike[i, j] = alike[j, i] = random.NextDouble();
            var diversity = random.NextDouble();
            var order = new int[n];
            Diversity.Order(relevance, (a, b) => alike[a, b], diversity, order);

            var expected = new List<int>();
            while (expected.Count < n)
            {
                expected.Add(Enumerable.Range(0, n).Except(expected).MaxBy(i =>
                    ((1 - diversity) * relevance[i]) - (diversity * expected.Select(t => alike[t, i]).DefaultIfEmpty(0).Max())));
            }
            Assert.Equal(expected, order);
        }
    }

    private static StagedCandidate Staged(double? effect, long appearances = 9) => new(Guid.NewGuid(), 1, effect, appearances, 1);
}
