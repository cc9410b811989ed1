using MemoryEngine.Transfers;

namespace MemoryEngine.Tests.Transfers;

/// <summary>Every scenario by its name, with enough of every level, with too little, and with nothing.</summary>
public sealed class ScenarioMixTests
{
    // Ranks, best first: the levels that the scenarios are about stand last, where similarity alone would not reach them.
    [Theory]
    [InlineData(TransferScenario.Default, 3, "444333222111", "444")]
    [InlineData(TransferScenario.SingleTask, 3, "444333222111", "111")]
    [InlineData(TransferScenario.SingleTask, 10, "444433332222111111111111", "4111111111")]
    [InlineData(TransferScenario.LongEdit, 3, "444333111222", "422")]
    [InlineData(TransferScenario.LongEdit, 10, "4444333322222222221111", "4442222222")]
    [InlineData(TransferScenario.CrossDomain, 3, "111222333444", "133")]
    [InlineData(TransferScenario.CrossDomain, 10, "1111122222333444", "1111333444")]
    [InlineData(TransferScenario.NewTask, 3, "111222333444", "333")]
    [InlineData(TransferScenario.NewTask, 10, "1112223344", "3344")]
    public void The_scenario_mixes_levels_by_largest_remainder(
        TransferScenario scenario, int k, string ranked, string chosen) =>
        Assert.Equal(chosen, Choose(scenario, k, ranked));

    [Theory]
    [InlineData(TransferScenario.SingleTask, "44132", "441")]
    [InlineData(TransferScenario.LongEdit, "11334", "113")]
    [InlineData(TransferScenario.CrossDomain, "11224", "114")]
    [InlineData(TransferScenario.NewTask, "1122", "")]
    public void Places_that_nothing_fills_go_to_the_next_most_similar_and_in_new_task_to_nobody(
        TransferScenario scenario, string ranked, string chosen) =>
        Assert.Equal(string.Concat(chosen), Choose(scenario, 3, ranked));

    [Theory]
    [InlineData(TransferScenario.SingleTask, 0.9)]
    [InlineData(TransferScenario.LongEdit, 0.7)]
    [InlineData(TransferScenario.CrossDomain, 0.6)]
    public void No_other_whole_number_of_places_is_nearer_to_the_share(TransferScenario scenario, double share)
    {
        for (var k = 1; k <= 100; k++)
        {
            var places = ScenarioMix.Of(scenario).Places(k);
            Assert.True(Math.Abs(places - (share * k)) <= 0.5 + 1e-9, $"{places} of {k}");
        }
    }

    private static string Choose(TransferScenario scenario, int k, string ranked)
    {
        var levels = ranked.Select(c => (MemoryLevel)(c - '0')).ToArray();
        var chosen = new bool[levels.Length];
        var count = ScenarioMix.Of(scenario).Choose(levels, k, chosen);
        Assert.Equal(count, chosen.Count(c => c));
        return string.Concat(levels.Where((_, i) => chosen[i]).Select(l => (int)l));
    }
}
