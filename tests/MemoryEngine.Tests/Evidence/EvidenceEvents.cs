using MemoryEngine.Evidence.Design;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Transfers and outcomes of a made-up pool, the same from the same seed.</summary>
internal sealed class EvidenceEvents(int seed, int memories = 30)
{
    private static readonly string[] Domains = ["backend/go", "backend/rust", "frontend", "data/sql"];
    private readonly Random _random = new(seed);

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Guid Memory(int i) => new(i + 1, 7, 7, new byte[8]);

    /// <summary>Mostly a transfer and then its outcome, some late, some twice, some never, some of no transfer at all.</summary>
    public List<object> Make(int transfers)
    {
        var (events, late) = (new List<object>(), new List<Outcome>());
        for (var i = 0; i < transfers; i++)
        {
            var transfer = MakeTransfer(i);
            var outcome = MakeOutcome(transfer);
            events.Add(transfer);
            switch (_random.Next(10))
            {
                case 0: break;
                case 1: late.Add(outcome); break;
                case 2: events.AddRange([outcome, outcome]); break;
                case 3: events.AddRange([outcome, outcome with { Score = 1 - outcome.Score }, transfer]); break;
                case 4: events.AddRange([outcome with { Transfer = Guid.NewGuid() }, outcome]); break;
                default: events.Add(outcome); break;
            }
            if (late.Count > 5)
            {
                events.Add(late[0]);
                late.RemoveAt(0);
            }
        }
        return events;
    }

    private Transfer MakeTransfer(int i)
    {
        var (seed, design) = ((ulong)_random.NextInt64(), (InclusionDesign)_random.Next(3));
        var isHeldOut = _random.Next(6) == 0;
        var ids = Enumerable.Range(0, memories).ToArray();
        _random.Shuffle(ids);
        var options = new InclusionOptions(design);
        InclusionCandidate[] candidates = [.. ids.Take(8).Select(m => new InclusionCandidate(Memory(m)))];
        var drawn = new Inclusion[8];
        var count = RandomisedInclusion.Draw(options, candidates, seed, drawn);
        return new Transfer
        {
            Id = new Guid(i, 1, 1, BitConverter.GetBytes((long)seed)),
            At = Start.AddMinutes(i),
            Task = $"task {_random.Next(40)}",
            TargetDomain = Domains[_random.Next(Domains.Length)],
            Mode = (TransferMode)_random.Next(1, 4),
            ConsumerModel = _random.Next(2) == 0 ? "alpha" : "beta",
            Modality = _random.Next(5) == 0 ? "vision" : "text",
            Design = design,
            Seed = seed,
            IsHeldOut = isHeldOut,
            HoldOutShare = 1 / 6.0,
            PoolTasks = 50 + i,
            Candidates = [.. candidates.Select((c, n) => new TransferCandidate
            {
                Memory = c.Memory,
                Version = 1,
                Level = (MemoryLevel)(1 + (ids[n] % 4)),
                Domain = Domains[ids[n] % Domains.Length],
                ProducerModel = ids[n] % 3 == 0 ? "alpha" : "beta",
                Contributor = $"agent {ids[n] % 5}",
                Probability = n < count ? drawn[n].Probability : 1,
                Fate = n >= count ? CandidateFate.LeftOut : !isHeldOut && drawn[n].Included ? CandidateFate.Injected : CandidateFate.Withheld,
            })],
        };
    }

    private Outcome MakeOutcome(Transfer transfer) => new()
    {
        Transfer = transfer.Id,
        Score = _random.Next(4) == 0 ? _random.NextDouble() : _random.Next(2),
        Judge = _random.Next(8) == 0 ? OutcomeJudge.Model : OutcomeJudge.Verifier,
        JudgeModel = "judge",
        Used = [.. transfer.Candidates.Where(_ => _random.Next(3) == 0).Select(c => c.Memory)],
        Failure = (FailureClass)_random.Next(4),
        Tokens = _random.Next(2) == 0 ? _random.Next(10_000) : null,
        FirstEditSeconds = _random.NextDouble() * 100,
        Cost = _random.NextDouble(),
    };
}
