namespace MemoryEngine.CrashTests;

/// <summary>Beside the writers: one who recalls, lets chance withhold, and tells what came of it, some of it late.</summary>
internal sealed class ChildRecaller(MemoryStore store, ExpectedOutcomes expected, int seed)
{
    private static readonly RecallExperiment Experiment = new() { Design = InclusionDesign.Factorial, HoldOutShare = 0.2 };
    private readonly Random _random = new(seed ^ 0x0ECA11);
    private readonly List<Guid> _open = [];

    public async Task RunAsync()
    {
        while (true)
        {
            var query = new RecallQuery
            {
                Text = $"memory of slot {_random.Next(ExpectedState.Slots)}",
                Task = $"task {_random.Next(30)}",
                Mode = TransferMode.Hybrid,
                Experiment = Experiment,
            };
            var result = await store.RecallAsync(query).ConfigureAwait(false);
            _open.Add(result.Transfer ?? throw new InvalidOperationException("A recall was not recorded."));
            if (_open.Count < 5 || _random.Next(2) == 0) continue;
            var at = _random.Next(_open.Count);
            var outcome = new Outcome { Transfer = _open[at], Score = _random.Next(3) / 2.0 };
            _open.RemoveAt(at);
            var answer = await store.ReportAsync(outcome, _random.Next(2) == 0 ? Durability.Process : null).ConfigureAwait(false);
            // What waits for long may have been folded.
            if (answer.Result is OutcomeResult.Unknown) continue;
            if (answer.Result != OutcomeResult.Counted) throw new InvalidOperationException($"An outcome that is new was {answer.Result}.");
            expected.Acknowledge(outcome);
        }
    }
}
