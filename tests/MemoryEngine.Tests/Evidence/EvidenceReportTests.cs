using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Tests.Evidence;

/// <summary>The report says what the events add up to, and nothing where nothing was measured.</summary>
public sealed class EvidenceReportTests
{
    /// <summary>Of two rates, one taken off the other, the rule is Newcombe's, which is held to published values elsewhere.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80)]
    [InlineData(9, 10, 3, 10)]
    [InlineData(5, 56, 0, 29)]
    public void A_sum_of_estimates_has_the_interval_of_a_difference(int s1, int n1, int s2, int n2)
    {
        var expected = Difference.Unpaired(s1, n1, s2, n2);
        var sum = Combination.Sum(
        [
            new WeightedEstimate(1, (double)s1 / n1, Proportion.Wilson(s1, n1)),
            new WeightedEstimate(-1, (double)s2 / n2, Proportion.Wilson(s2, n2)),
        ]);
        Assert.Equal(expected.Low, sum.Low, 1e-12);
        Assert.Equal(expected.High, sum.High, 1e-12);
    }

    /// <summary>
    /// By Python: from math import *; m,v,n,c,w,k = 8,4,25,10,9,36; e = sqrt(v/n/m**2 + w/k/c**2); exp(log(m/c) ± 1.959963984540054 e), and
    /// m - c ± 1.959963984540054 sqrt(v/n + w/k).
    /// </summary>
    [Fact]
    public void Ratios_and_differences_of_means_are_those_of_another_tool()
    {
        var ratio = Combination.Ratio(8, 4, 25, 10, 9, 36);
        Assert.Equal(Math.Exp(Math.Log(0.8) - (1.959963984540054 * Math.Sqrt(0.005))), ratio.Low, 1e-9);
        Assert.Equal(Math.Exp(Math.Log(0.8) + (1.959963984540054 * Math.Sqrt(0.005))), ratio.High, 1e-9);
        var difference = Combination.Difference(8, 4, 25, 10, 9, 36);
        Assert.Equal(-2 - (1.959963984540054 * Math.Sqrt(0.41)), difference.Low, 1e-9);
        Assert.Equal(-2 + (1.959963984540054 * Math.Sqrt(0.41)), difference.High, 1e-9);
    }

    [Fact]
    public async Task A_report_counts_what_was_told_by_mode()
    {
        var pool = new SimulatedPool();
        await using var store = await MemoryStore.OpenAsync(
            SimulatedPool.Root, pool.Options with { RecordTransfers = true, LexicalOnly = true, CleanupEvery = 0 });
        for (var i = 0; i < 8; i++)
        {
            await store.RememberAsync(new MemoryDraft
            {
                Text = $"queue {i}",
                Domain = "a",
                Task = $"source {i}",
                Level = MemoryLevel.Insight,
                Model = "maker",
                Contributor = "ann",
            });
        }
        pool.Clock.Advance(TimeSpan.FromDays(10));
        // Ten tasks with and without memory in hybrid mode: all fail without, seven pass with. One in single mode passed without and fails with.
        for (var i = 0; i < 10; i++)
        {
            await RunAsync(store, TransferMode.Hybrid, $"t{i}", isControl: true, 0);
            await RunAsync(store, TransferMode.Hybrid, $"t{i}", isControl: false, i < 7 ? 1 : 0);
        }
        await RunAsync(store, TransferMode.SingleDomain, "lost", isControl: true, 1);
        await RunAsync(store, TransferMode.SingleDomain, "lost", isControl: false, 0);

        var report = await store.EvidenceAsync(new EvidenceQuery { PassValue = 1, Upkeep = 0.5 });
        Assert.Equal((22L, 11L, 22L), (report.Outcomes, report.Controls, report.Kept));
        Assert.Equal([TransferMode.SingleDomain, TransferMode.CrossDomain, TransferMode.Hybrid], report.Modes.Select(m => m.Mode));
        var (single, cross, hybrid) = (report.Modes[0], report.Modes[1], report.Modes[2]);
        Assert.Equal((70.0, 10L), (hybrid.Gain.Value, hybrid.Gain.Count));
        Assert.Equal((0.0, 10L), (hybrid.Loss.Value, hybrid.Loss.Count));
        Assert.Equal((1.0, 1L), (single.Loss.Value, single.Loss.Count));
        Assert.Equal((null, 0L), (cross.Gain.Value, cross.Gain.Count));
        Assert.Null(cross.Utilisation.Value);
        Assert.All(report.Modes, m => Assert.InRange(m.Utilisation.Value ?? 0.5, 0.01, 1));
        Assert.Equal(7.0 / 10, Of(report.Economy, "failures_avoided").Value);
        Assert.Null(Of(report.Economy, "return_on_investment").Value);
        Assert.Equal((1.0 / 11, 11L), (Of(report.Measures, "negative_transfer").Value, Of(report.Measures, "negative_transfer").Count));
        Assert.Null(Of(report.Measures, "excess_negative_transfer").Value);
        Assert.Equal(8.0, Of(report.Measures, "tasks").Value);
        var cell = Assert.Single(report.Models);
        Assert.Equal(("maker", "taker", 11L), (cell.Producer, cell.Consumer, cell.Outcome.Count));
        Assert.Empty(report.Contributors);
        Assert.Empty(report.Memories);
        Assert.Equal("< 10 %", Of(report.Measures, "low_share").Article);
    }

    [Fact]
    public async Task Each_measured_memory_says_what_is_still_needed()
    {
        var pool = new SimulatedPool();
        await using var store = await MemoryStore.OpenAsync(
            SimulatedPool.Root, pool.Options with { RecordTransfers = true, LexicalOnly = true, CleanupEvery = 0 });
        await store.RememberAsync(new MemoryDraft { Text = "queue", Domain = "a", Contributor = "ann" });
        for (var i = 0; i < 20; i++)
        {
            var query = new RecallQuery { Text = "queue", Domain = "a", Experiment = new RecallExperiment { Design = InclusionDesign.Factorial } };
            var recall = await store.RecallAsync(query);
            await store.ReportAsync(new Outcome { Transfer = recall.Transfer!.Value, Score = i % 2 });
        }
        var report = await store.EvidenceAsync();
        var memory = Assert.Single(report.Memories);
        // Six hundred appearances at one half, of which there were twenty.
        Assert.Equal((20L, 580L), (memory.Effect.Appearances, memory.Needed));
        var ann = Assert.Single(report.Contributors);
        Assert.Equal(("ann", 20L), (ann.Contributor, ann.Tasks));
        Assert.InRange(ann.Influence, 0.9, 1.1);
        Assert.Empty((await store.EvidenceAsync(new EvidenceQuery { Memories = 0 })).Memories);
        foreach (var wrong in new EvidenceQuery[] { new() { Memories = -1 }, new() { Upkeep = 0 }, new() { PassValue = double.NaN } })
            await Assert.ThrowsAsync<ArgumentException>(() => store.EvidenceAsync(wrong));
    }

    /// <summary>One pass with a memory that chance hands over nine times of ten is ten times half a pass as it is computed.</summary>
    [Fact]
    public async Task No_memory_is_said_to_do_more_than_can_be_done()
    {
        var pool = new SimulatedPool();
        await using var store = await MemoryStore.OpenAsync(
            SimulatedPool.Root, pool.Options with { RecordTransfers = true, LexicalOnly = true, CleanupEvery = 0 });
        for (var i = 0; i < 20; i++) await store.RememberAsync(new MemoryDraft { Text = $"queue {i}", Domain = "a" });
        var experiment = new RecallExperiment { Design = InclusionDesign.Withhold, Withhold = 0.1, WithholdWatched = 0.1 };
        var recall = await store.RecallAsync(new RecallQuery { Text = "queue", Domain = "a", K = 20, Experiment = experiment });
        await store.ReportAsync(new Outcome { Transfer = recall.Transfer!.Value, Score = 1 });
        var raw = await store.LookAtEvidenceAsync(s => s.Memories.Values.Select(m => m.Overall!.Value.Effect.Estimate).ToList());
        Assert.Contains(raw, estimate => estimate > 4.9);
        var memories = (await store.EvidenceAsync()).Memories;
        Assert.Equal(20, memories.Count);
        Assert.Contains(memories, m => m.Effect.Effect == 1);
        Assert.All(memories, m => Assert.InRange(m.Effect.Effect!.Value, -1, 1));
        Assert.All(memories, m => Assert.True(m.Effect.Interval is { Low: >= -1, High: <= 1 } shown && shown.Contains(m.Effect.Effect!.Value)));
        Assert.All((await store.WhyAsync(recall.Transfer!.Value)).Effects, e => Assert.InRange(e.Effect!.Value, -1, 1));
        // A decision keeps what is known when it is made.
        await store.QuarantineAsync(memories.First(m => m.Effect.Effect == 1).Effect.Memory);
        Assert.Equal(1, Assert.Single((await store.EvidenceAsync()).Removals).Decision.Effect);
    }

    private static EvidenceFigure Of(IReadOnlyList<EvidenceFigure> figures, string name) => figures.Single(f => f.Name == name);

    private static async Task RunAsync(MemoryStore store, TransferMode mode, string task, bool isControl, double score)
    {
        var recall = await store.RecallAsync(new RecallQuery
        {
            Text = "queue",
            Domain = "a",
            Task = task,
            ConsumerModel = "taker",
            Mode = mode,
            // So large a share holds all but one of a hundred million out.
            Experiment = isControl ? new RecallExperiment { Design = InclusionDesign.Off, HoldOutShare = 0.99999999 } : null,
        });
        Assert.Equal(isControl, recall.IsHeldOut);
        Guid[] used = [.. recall.Memories.Select(m => m.Memory.Id)];
        await store.ReportAsync(new Outcome { Transfer = recall.Transfer!.Value, Score = score, Used = used });
    }
}
