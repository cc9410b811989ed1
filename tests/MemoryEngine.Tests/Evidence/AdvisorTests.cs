using MemoryEngine.Evidence.Advising;
using MemoryEngine.Evidence.Gates;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Which mode follows from a pool's figures, and what is said about it.</summary>
public sealed class AdvisorTests
{
    /// <summary>2,000 pairs: 12 points of gain and 2 % of losses, beyond doubt.</summary>
    private static readonly PairCounts Good = new(Both: 760, Gains: 280, Losses: 40, Neither: 920);

    private static readonly PoolFigures Pool = new()
    {
        TaskTypes = 5,
        Active = 1_000,
        HighLevel = 700,
        LowLevel = 50,
        Eligible = 900,
        Used = 720,
        Pairs = Good,
    };

    [Theory]
    [InlineData(50, TransferMode.SingleDomain, true)]
    [InlineData(99, TransferMode.SingleDomain, true)]
    [InlineData(100, TransferMode.CrossDomain, true)]
    [InlineData(200, TransferMode.CrossDomain, true)]
    [InlineData(500, TransferMode.CrossDomain, true)]
    [InlineData(501, TransferMode.Hybrid, false)]
    [InlineData(600, TransferMode.Hybrid, false)]
    [InlineData(2_000, TransferMode.Hybrid, false)]
    public void Size_decides_where_nothing_else_speaks_against_it(int tasks, TransferMode mode, bool provisional)
    {
        var advice = Advisor.Advise(Pool with { Tasks = tasks });
        Assert.Equal((mode, provisional, TransferRisk.Low), (advice.Mode, advice.Provisional, advice.Risk));
        Assert.Equal(tasks > 500, advice.CrossModel);
        Assert.Equal(tasks > 1_000 ? GateVerdict.Pass : GateVerdict.Fail, Gate(advice, "article_tasks").Verdict);
        Assert.Equal(tasks is >= 100 and <= 500, advice.Reasons.Any(r => r.Contains("contradicts itself", StringComparison.Ordinal)));
    }

    /// <summary>Five task types: the article wants one for a single domain, but a pool of 50 tasks has no other mode.</summary>
    [Fact]
    public void A_small_pool_of_one_task_type_is_proven()
    {
        var advice = Advisor.Advise(Pool with { Tasks = 50, TaskTypes = 1 });
        Assert.Equal((TransferMode.SingleDomain, false), (advice.Mode, advice.Provisional));
        Assert.Contains(advice.Reasons, r => r.Contains("CrossDomain takes 100 source tasks or more; the pool has 50", StringComparison.Ordinal));
        Assert.Contains(
            Advisor.Advise(Pool with { Tasks = 50 }).Reasons, r => r.Contains("single_task_types: 5 against 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(50, TransferMode.SingleDomain)]
    [InlineData(200, TransferMode.CrossDomain)]
    [InlineData(600, TransferMode.Hybrid)]
    [InlineData(2_000, TransferMode.Hybrid)]
    public void Without_outcomes_the_size_is_followed_provisionally(int tasks, TransferMode mode)
    {
        var advice = Advisor.Advise(Pool with { Tasks = tasks, Pairs = default, Used = 0, Eligible = 0, TaskTypes = tasks < 100 ? 1 : 5 });
        Assert.Equal((mode, true, TransferRisk.Medium), (advice.Mode, advice.Provisional, advice.Risk));
        Assert.Equal(GateVerdict.Insufficient, Gate(advice, "hybrid_ntr").Verdict);
        Assert.Equal(29, Gate(advice, "hybrid_ntr").Needed);
        if (mode != TransferMode.Hybrid) return;
        Assert.Contains(advice.Reasons, r => r.Contains("hybrid_ntr needs at least 29 more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gate_that_fails_refuses_a_mode_and_the_next_one_is_taken()
    {
        var harmful = Pool with { Tasks = 2_000, Pairs = new PairCounts(700, 500, 300, 500) };
        var advice = Advisor.Advise(harmful);
        Assert.Equal((TransferMode.CrossDomain, false, TransferRisk.High), (advice.Mode, advice.Provisional, advice.Risk));
        Assert.Contains(advice.Reasons, r => r.Contains("Hybrid is refused by hybrid_ntr: 0.15 against 0.1", StringComparison.Ordinal));
        // The same losses, with as many flips between two controls, are chance.
        var chance = Advisor.Advise(harmful with { Flips = new FlipCounts(60, 240, 240, 1_460) });
        Assert.Equal((TransferMode.Hybrid, TransferRisk.Low), (chance.Mode, chance.Risk));
        var concrete = Advisor.Advise(Pool with { Tasks = 300, HighLevel = 400 });
        Assert.Equal((TransferMode.SingleDomain, true), (concrete.Mode, concrete.Provisional));
        Assert.Contains(concrete.Reasons, r => r.Contains("cross_high_share: 0.4 against 0.5", StringComparison.Ordinal));
        Assert.Equal(TransferMode.SingleDomain, Advisor.Advise(Pool with { Tasks = 300, TaskTypes = 2 }).Mode);
        Assert.Equal(TransferMode.CrossDomain, Advisor.Advise(Pool with { Tasks = 300, TaskTypes = 3 }).Mode);
        Assert.Equal(TransferMode.CrossDomain, Advisor.Advise(Pool with { Tasks = 600, Used = 300 }).Mode);
    }

    [Fact]
    public void Risk_is_by_the_gates()
    {
        // 7 % of losses: under 10, over 5.
        var some = Pool with { Tasks = 2_000, Pairs = new PairCounts(760, 380, 140, 720) };
        Assert.Equal(TransferRisk.Medium, Advisor.Advise(some).Risk);
        var traces = Advisor.Advise(some with { LowLevel = 400 });
        Assert.Equal((TransferRisk.High, GateVerdict.Fail), (traces.Risk, Gate(traces, "low_share").Verdict));
    }

    [Fact]
    public void A_scenario_about_one_task_stays_in_its_domain()
    {
        var advice = Advisor.Advise(Pool with { Tasks = 2_000, Scenario = TransferScenario.SingleTask });
        Assert.Equal(TransferMode.SingleDomain, advice.Mode);
        Assert.Equal(TransferMode.Hybrid, Advisor.Advise(Pool with { Tasks = 2_000, Scenario = TransferScenario.NewTask }).Mode);
    }

    [Fact]
    public void An_empty_pool_is_an_answer_too()
    {
        var advice = Advisor.Advise(new PoolFigures());
        Assert.Equal((TransferMode.SingleDomain, true, false), (advice.Mode, advice.Provisional, advice.CrossModel));
        Assert.All(advice.Gates, g => Assert.True(g.Value is null || double.IsFinite(g.Value.Value)));
        Assert.Equal(advice.Gates.Count, advice.Gates.Select(g => g.Name).Distinct().Count());
    }

    private static Gate Gate(Advice advice, string name) => advice.Gates.Single(g => g.Name == name);
}
