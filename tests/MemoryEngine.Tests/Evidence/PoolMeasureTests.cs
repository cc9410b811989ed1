using MemoryEngine.Evidence.Credit;
using MemoryEngine.Evidence.Design;
using MemoryEngine.Evidence.State;
using MemoryEngine.Testing;
using static MemoryEngine.Tests.Evidence.EvidenceEvents;

namespace MemoryEngine.Tests.Evidence;

/// <summary>What the evidence of a pool adds up to, beside counts made from the events themselves.</summary>
public sealed class PoolMeasureTests
{
    private readonly EvidenceState _state = new();
    private readonly List<(Transfer Transfer, Outcome Outcome)> _runs = [];
    private readonly Dictionary<Guid, Transfer> _transfers = [];

    public PoolMeasureTests()
    {
        foreach (var happened in new EvidenceEvents(TestSeed.Value).Make(1_500))
        {
            if (happened is Transfer transfer)
            {
                _transfers.TryAdd(transfer.Id, transfer);
                _state.Apply(transfer);
            }
            else if (happened is Outcome outcome && _state.Apply(outcome).Result == OutcomeResult.Counted)
            {
                _runs.Add((_transfers[outcome.Transfer], outcome));
            }
        }
    }

    private IEnumerable<(Transfer Transfer, Outcome Outcome)> Verified => _runs.Where(r => r.Outcome.Judge == OutcomeJudge.Verifier);

    [Fact]
    public void Gains_are_what_the_runs_say()
    {
        var measures = Measures();
        var gain = Mean(Verified.Where(r => !r.Transfer.IsHeldOut)) - Mean(Verified.Where(r => r.Transfer.IsHeldOut));
        Assert.Equal(gain, measures.Overall.Value, 1e-12);
        Assert.True(measures.Overall.Interval.Contains(gain));
        var byDomain = Verified.GroupBy(r => r.Transfer.TargetDomain)
            .Select(g => Mean(g.Where(r => !r.Transfer.IsHeldOut)) - Mean(g.Where(r => r.Transfer.IsHeldOut)));
        Assert.Equal(byDomain.Average(), measures.MacroGain, 1e-12);
        Assert.Equal(["100-500", "501-1000", "<100", ">1000"], measures.Gains(GainGroup.PoolSize).Select(g => g.Key));
        Assert.Equal(3, measures.Gains(GainGroup.Mode).Count());
        var small = Verified.Where(r => r.Transfer.PoolTasks < 100 && !r.Transfer.IsHeldOut);
        Assert.Equal(small.Count(), measures.GainOf(GainGroup.PoolSize, "<100").Arms.Memory.Count);
        Assert.True(double.IsNaN(measures.GainOf(GainGroup.Mode, "none").Value));
    }

    [Fact]
    public void Use_success_and_models_are_what_the_runs_say()
    {
        var measures = Measures();
        var injected = _transfers.Values.SelectMany(t => t.Candidates)
            .Count(c => c is { Fate: CandidateFate.Injected, Level: MemoryLevel.Insight });
        Assert.Equal(injected, measures.UsedOfInjected(level: MemoryLevel.Insight).Of);
        var used = _runs.Sum(r => r.Transfer.Candidates.Count(c => c.Fate == CandidateFate.Injected && r.Outcome.Used.Contains(c.Memory)));
        Assert.Equal(used, measures.UsedOfInjected().Count);
        Assert.Equal(used, Enum.GetValues<TransferMode>().Sum(m => measures.UsedOfInjected(m).Count));
        var across = Verified.Where(r => !r.Transfer.IsHeldOut && r.Transfer.Candidates.Any(c =>
            c is { Fate: CandidateFate.Injected, Level: MemoryLevel.Trace } && !DomainPath.IsOwn(c.Domain, r.Transfer.TargetDomain))).ToList();
        Assert.Equal(across.Count, measures.TransferSuccess(MemoryLevel.Trace).Of);
        Assert.Equal(Mean(across), measures.TransferSuccess(MemoryLevel.Trace).Value, 1e-12);
        Assert.Equal(Mean(across) - measures.Overall.Arms.Control.Value, measures.TransferLift(MemoryLevel.Trace), 1e-12);
        var pair = Verified.Where(r => !r.Transfer.IsHeldOut && r.Transfer.ConsumerModel == "beta"
            && r.Transfer.Candidates.Any(c => c is { Fate: CandidateFate.Injected, ProducerModel: "alpha" })).ToList();
        var cell = measures.CrossModel().Single(c => c is { Producer: "alpha", Consumer: "beta" });
        Assert.Equal((pair.Count, 4), (cell.Outcomes.Count, measures.CrossModel().Count()));
        Assert.Equal(Mean(pair), cell.Outcomes.Value, 1e-12);
    }

    [Fact]
    public void Shares_of_the_pool_are_those_of_what_is_active()
    {
        var measures = Measures();
        Assert.Equal((30, 8, 14, 7), (measures.Active, measures.Low, measures.High, measures.Strict));
        Assert.Equal((10, 3), (measures.Tasks, measures.TaskTypes));
        // The last five are younger than the grace period; nobody retrieved the one whose version is new.
        Assert.Equal((25, 24), (measures.Eligible, measures.Reached));
        Assert.Equal(measures.Used, measures.Utilisation.Count);
        Assert.InRange(measures.Used, 20, 24);
        Assert.Equal((measures.Tasks, _state.Runs.Pairs), (measures.ForAdvisor().Tasks, measures.ForAdvisor().Pairs));
        // A month later everything is old enough, and nothing was asked for in the last two days.
        var later = new PoolMeasures(_state, Active(), Start.AddDays(40), TimeSpan.FromDays(2), TimeSpan.FromDays(7));
        Assert.Equal((30, 0, 0.0), (later.Eligible, later.Reached, later.Utilisation.Value));
    }

    [Fact]
    public void Economy_is_known_where_costs_are()
    {
        var measures = Measures();
        var (control, memory) = (Verified.Where(r => r.Transfer.IsHeldOut).ToList(), Verified.Where(r => !r.Transfer.IsHeldOut).ToList());
        var saved = control.Average(r => r.Outcome.Cost!.Value) - memory.Average(r => r.Outcome.Cost!.Value);
        Assert.Equal(((10 * measures.Overall.Value) + saved - 0.1) / 0.1, measures.ReturnOnInvestment(10, 0.1), 1e-9);
        var edits = memory.Average(r => r.Outcome.FirstEditSeconds!.Value) / control.Average(r => r.Outcome.FirstEditSeconds!.Value);
        Assert.Equal(edits - 1, measures.Change(RunFigure.FirstEditSeconds), 1e-9);
        Assert.True(double.IsNaN(measures.Change(RunFigure.Steps)));
        Assert.True(measures.MissingByArm.Contains(0));
        var misapplied = Verified.Count(r => r.Outcome.Failure == FailureClass.MisappliedPractice);
        Assert.Equal(misapplied, _state.Sums.Failures[(int)FailureClass.MisappliedPractice]);
    }

    /// <summary>Worth is right on average at any probability; influence is bounded, and slow to come.</summary>
    [Fact]
    public void Credit_is_the_passes_that_a_memory_gained()
    {
        var ledger = new CreditLedger();
        const int Tasks = 40_000;
        foreach (var (name, effect, pi) in (ReadOnlySpan<(string, double, double)>)[("good", 0.2, 0.9), ("bad", -0.2, 0.5), ("none", 0.0, 0.5)])
            for (var i = 0; i < Tasks; i++)
            {
                var included = CounterRandom.Uniform(5, (ulong)i, 1) < pi;
                var outcome = CounterRandom.Uniform(6, (ulong)i, 2) < 0.5 + (included ? effect : 0) ? 1.0 : 0;
                ledger.Add(new MemoryCredit(Guid.NewGuid(), Memory(0), 1, name, CreditLedger.Worth(outcome, 0.5, included, pi)));
            }
        Assert.Equal(0.18, ledger.Of("good").Passes / Tasks, 0.03);
        Assert.Equal(-0.1, ledger.Of("bad").Passes / Tasks, 0.015);
        Assert.Equal(0, ledger.Of("none").Passes / Tasks, 0.015);
        Assert.Equal((3 * Tasks, 3L * Tasks), (ledger.Of(Memory(0), 1).Tasks, ledger.Count));
        Assert.InRange(ledger.Influence("good"), 1.05, 1.1);
        Assert.InRange(ledger.Influence("bad"), 0.9, 0.95);
        Assert.Equal(1, ledger.Influence("unknown"));
        ledger.Add(new MemoryCredit(Guid.NewGuid(), Memory(1), 1, "new", 1));
        Assert.InRange(ledger.Influence("new"), 1, 1.01);
        Assert.Equal(["bad", "good", "new", "none"], ledger.Contributors().Select(c => c.Contributor));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.Add(new MemoryCredit(default, default, 1, "", double.NaN)));
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a/b", "a", true)]
    [InlineData("a", "a/b/c", true)]
    [InlineData("a", "ab", false)]
    [InlineData("a/b", "a/c", false)]
    public void A_domain_is_own_where_one_contains_the_other(string a, string b, bool isOwn) => Assert.Equal(isOwn, DomainPath.IsOwn(a, b));

    private static double Mean(IEnumerable<(Transfer Transfer, Outcome Outcome)> runs) => runs.Average(r => r.Outcome.Score);

    private static List<ActiveMemory> Active() =>
        [.. Enumerable.Range(0, 30).Select(i => new ActiveMemory(
            Memory(i), i == 3 ? 2 : 1, (MemoryLevel)(1 + (i % 4)), (i % 3) switch { 0 => "backend/go", 1 => "frontend", _ => "data/sql" },
            i < 10 ? $"t{i}" : null, Start.AddDays(i < 25 ? -30 : 0.9)))];

    private PoolMeasures Measures() => new(_state, Active(), Start.AddMinutes(1_500), TimeSpan.FromDays(2), TimeSpan.FromDays(7));
}
