using MemoryEngine.Evidence.State;

namespace MemoryEngine.Tests.Model;

/// <summary>Transfers and outcomes. They belong to no view: rollbacks leave them alone, and only a power loss takes back the newest.</summary>
internal sealed partial class ModelRun
{
    private static readonly TimeSpan TransferRetention = TimeSpan.FromDays(2);
    private readonly List<ModelTransfer> _transfers = [];

    private async Task TransferAsync()
    {
        var query = NewQuery() with
        {
            Record = true,
            Task = $"task {_random.Next(20)}",
            Domain = Domains[_random.Next(1, Domains.Length)],
            Mode = TransferMode.Hybrid,
            Experiment = new RecallExperiment { Design = (InclusionDesign)_random.Next(3), HoldOutShare = 0.1 },
        };
        var result = await Store.RecallAsync(query);
        var transfer = new ModelTransfer(result.Transfer!.Value) { At = _pool.Clock.GetUtcNow() };
        try
        {
            var story = await Store.WhyAsync(transfer.Id);
            Assert.Equal(
                result.Memories.Select(m => (m.Memory.Id, m.Memory.Version)),
                story.Transfer.Candidates.Where(c => c.Fate == CandidateFate.Injected).Select(c => (c.Memory, c.Version)));
            transfer.Sequence = Store.Stats().Sequence;
            Note(_oracle, Durability.Process);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.TransferLost && _fullDiskLeft > 0)
        {
            // There was no room for it. Nobody waited, so nobody was told.
            transfer.IsLost = true;
        }
        _transfers.Add(transfer);
    }

    private async Task ReportAsync()
    {
        if (_transfers.Count == 0) return;
        var transfer = _transfers[_random.Next(_transfers.Count)];
        var score = _random.Next(3) / 2.0;
        var outcome = new Outcome { Transfer = transfer.Id, Score = score };
        if (transfer.IsLost)
        {
            Assert.Equal(ErrorCode.TransferLost, await SimulatedPool.CodeOfAsync(async () => await Store.ReportAsync(outcome)));
            return;
        }
        var durability = _random.Next(2) == 0 ? Durability.Process : Durability.Device;
        OutcomeAnswer? answer = null;
        if (!await TryAsync(async () => answer = await Store.ReportAsync(outcome, durability))) return;
        if (transfer.Score is { } told)
        {
            Assert.Equal(told == score ? OutcomeResult.Repeated : OutcomeResult.Conflicting, answer!.Result);
            return;
        }
        // A compaction may have folded what is old; which file was worth it is its own affair.
        if (answer!.Result == OutcomeResult.Unknown)
        {
            Assert.True(_pool.Clock.GetUtcNow() - transfer.At > TransferRetention, $"{transfer.Id} was forgotten too soon.");
            return;
        }
        Assert.Equal(OutcomeResult.Counted, answer.Result);
        (transfer.Score, transfer.ToldAt) = (score, Store.Stats().Sequence);
        Note(_oracle, durability);
    }

    private async Task WhyAsync()
    {
        if (_transfers.Count == 0) return;
        var transfer = _transfers[_random.Next(_transfers.Count)];
        if (transfer.IsLost)
        {
            Assert.Equal(ErrorCode.TransferLost, await SimulatedPool.CodeOfAsync(() => Store.WhyAsync(transfer.Id)));
            return;
        }
        try
        {
            Assert.Equal(transfer.Score, (await Store.WhyAsync(transfer.Id)).Outcome?.Score);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.NotFound && _pool.Clock.GetUtcNow() - transfer.At > TransferRetention)
        {
            // Folded.
        }
    }

    // Of what comes after that event nothing is left.
    private void LoseTransfersAfter(long sequence)
    {
        foreach (var transfer in _transfers.Where(t => !t.IsLost))
        {
            if (transfer.Sequence > sequence) transfer.IsLost = true;
            if (transfer.ToldAt > sequence) (transfer.Score, transfer.ToldAt) = (null, 0);
        }
    }

    private static Task<byte[]> EvidenceAsync(MemoryStore store) => store.LookAtEvidenceAsync(EvidenceSnapshot.Write);

    private sealed class ModelTransfer(Guid id)
    {
        public Guid Id => id;

        public DateTimeOffset At { get; init; }

        public long Sequence { get; set; }

        public bool IsLost { get; set; }

        public double? Score { get; set; }

        public long ToldAt { get; set; }
    }
}
