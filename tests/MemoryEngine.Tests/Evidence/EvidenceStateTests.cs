using MemoryEngine.Evidence.Credit;
using MemoryEngine.Evidence.Effect;
using MemoryEngine.Evidence.Gates;
using MemoryEngine.Evidence.State;
using MemoryEngine.Testing;
using static MemoryEngine.Tests.Evidence.EvidenceEvents;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Folding transfers and outcomes: once each, in bounded room, to the same digits however it is done.</summary>
public sealed class EvidenceStateTests
{
    private static readonly TransferCandidate Candidate = new()
    {
        Memory = Memory(0),
        Version = 1,
        Level = MemoryLevel.Insight,
        Domain = "a",
        Probability = 0.5,
        Fate = CandidateFate.Injected,
    };

    private readonly Dictionary<Guid, Transfer> _transfers = [];
    private int _made;

    /// <summary>Replayed from the first event, or carried on from written states: the same bytes.</summary>
    [Fact]
    public void Replay_and_going_on_are_the_same_to_the_last_digit()
    {
        var random = new Random(TestSeed.Value);
        for (var round = 0; round < 12; round++)
        {
            var limits = round % 3 == 0
                ? new EvidenceLimits(Transfers: 20, WholeTransfers: 3, TaskRuns: 15, DomainsPerMemory: 2, Groups: 3)
                : new EvidenceLimits();
            var events = new EvidenceEvents(random.Next()).Make(400);
            var (whole, kept) = (new EvidenceState(limits), new EvidenceState(limits));
            foreach (var happened in events)
            {
                Assert.Equal(Fold(whole, happened), Fold(kept, happened));
                if (random.Next(40) == 0) kept = Reopened(kept, limits);
            }
            Assert.Equal(Bytes(whole), Bytes(kept));
            Assert.True(whole.Open.Count <= limits.Transfers);
            var again = new EvidenceState(limits);
            foreach (var happened in events) Fold(again, happened);
            Assert.Equal(Bytes(whole), Bytes(again));
        }
    }

    [Fact]
    public void An_outcome_counts_once_and_the_first_one_counts()
    {
        var state = new EvidenceState();
        var transfer = Make(Candidate);
        state.Apply(transfer);
        state.Apply(transfer);
        var outcome = new Outcome { Transfer = transfer.Id, Score = 1, Used = [Candidate.Memory] };
        Assert.Equal(OutcomeResult.Counted, state.Apply(outcome).Result);
        var after = Bytes(state);
        Assert.Equal(OutcomeResult.Repeated, state.Apply(outcome).Result);
        Assert.Equal(OutcomeResult.Repeated, state.Apply(outcome with { Used = [Candidate.Memory, Candidate.Memory] }).Result);
        Assert.Equal(OutcomeResult.Conflicting, state.Apply(outcome with { Score = 0 }).Result);
        Assert.Equal(OutcomeResult.Unknown, state.Apply(outcome with { Transfer = Guid.NewGuid() }).Result);
        state.Apply(transfer);
        Assert.Equal(after, Bytes(state));
        var memory = state.Find(Candidate.Memory, 1)!;
        Assert.Equal((1, 1, 1, 1), (memory.Retrieved, memory.Injected, memory.Used, memory.Overall!.Value.Effect.Appearances));
    }

    [Fact]
    public void What_was_not_handed_over_cannot_have_been_used()
    {
        var state = new EvidenceState();
        var (withheld, stranger) = (Candidate with { Memory = Memory(1), Fate = CandidateFate.Withheld }, Guid.NewGuid());
        var transfer = Make(Candidate, withheld);
        state.Apply(transfer);
        var answer = state.Apply(new Outcome { Transfer = transfer.Id, Score = 0.25, Used = [withheld.Memory, Candidate.Memory, stranger] });
        Assert.Equal(OutcomeResult.Counted, answer.Result);
        Assert.Equal([withheld.Memory, stranger], answer.NotInjected);
        Assert.Equal((0L, 1L), (state.Find(Memory(1), 1)!.Used, state.Find(Memory(0), 1)!.Used));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_score_is_between_0_and_1(double score)
    {
        var state = new EvidenceState();
        var transfer = Make(Candidate);
        state.Apply(transfer);
        var before = Bytes(state);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Apply(new Outcome { Transfer = transfer.Id, Score = score }));
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Apply(new Outcome { Transfer = transfer.Id, Score = 1, Tokens = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Apply(new Outcome { Transfer = transfer.Id, Score = 1, Cost = double.NaN }));
        Assert.Throws<ArgumentException>(() => state.Apply(new Outcome { Transfer = transfer.Id, Score = 1, Judge = OutcomeJudge.Model }));
        Assert.Equal(before, Bytes(state));
        Assert.Equal(OutcomeResult.Counted, state.Apply(new Outcome { Transfer = transfer.Id, Score = 1 }).Result);
    }

    [Fact]
    public void A_model_s_label_moves_no_memory()
    {
        var state = new EvidenceState();
        for (var i = 0; i < 50; i++)
        {
            var transfer = Make(Candidate);
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = 0, Judge = OutcomeJudge.Model, JudgeModel = "gpt" });
        }
        Assert.Null(state.Find(Candidate.Memory, 1)!.Overall);
        Assert.Empty(state.Sums.Gains);
        Assert.Equal((50, 0.0), (state.Sums.Judged["gpt"].Memory.Count, state.Sums.Judged["gpt"].Memory.Sum));
        Assert.Equal(default, state.Runs.Pairs);
    }

    [Fact]
    public void Recalls_are_shown_what_credit_a_contributor_has()
    {
        var (state, board) = (new EvidenceState(), new EvidenceBoard());
        for (var i = 0; i < 400; i++)
        {
            var isIn = i % 2 == 0;
            var transfer = Make(Candidate with { Contributor = "ann", Fate = isIn ? CandidateFate.Injected : CandidateFate.Withheld });
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = isIn ? 1 : 0 });
        }
        Assert.Equal(1, board.Influence("ann"));
        board.PublishAll(state);
        Assert.InRange(board.Influence("ann"), 1.05, 1 + CreditLedger.LargestInfluence);
        Assert.Equal(state.Credits.Influence("ann"), board.Influence("ann"));
        Assert.Equal([1, 1, 1], new[] { "bob", "", null }.Select(board.Influence));
    }

    /// <summary>
    /// A million outcomes of one memory in four domains, with the limits that pools have: they take the room of a quarter of a million, and
    /// none of them allocates more than one of the first.
    /// </summary>
    [Fact]
    public void A_million_outcomes_of_one_memory_take_no_room_and_make_none_dearer()
    {
        const int Outcomes = 1_000_000, Parts = 20;
        var limits = new EvidenceLimits();
        var (state, index) = (new EvidenceState(limits), new TransferIndex(limits.Transfers));
        var (sizes, allocated) = (new List<int>(), new List<long>());
        for (var part = 0; part < Parts; part++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = part * Outcomes / Parts; i < (part + 1) * Outcomes / Parts; i++) AddOne(state, index, i);
            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            if (part + 1 is Parts / 4 or Parts) sizes.Add(Bytes(state).Length);
        }
        Assert.InRange(sizes[1], sizes[0] - 2_000, sizes[0] + 2_000);
        Assert.True(sizes[1] < 16 << 20);
        Assert.Equal(limits.Transfers, index.Answered().Count);
        Assert.Equal(limits.Transfers, state.Open.Count);
        Assert.True(allocated[^1] <= 1.05 * allocated[Parts / 4], string.Join(", ", allocated));
        var effect = state.Find(Candidate.Memory, 1)!.Overall!.Value.Effect;
        Assert.Equal(Outcomes, effect.Appearances);
        Assert.Equal(2 / 3.0, effect.Estimate, 0.01);
        Assert.Equal(Outcomes, state.Outcomes);
    }

    [Fact]
    public void Harm_in_one_domain_is_found_there_and_what_was_known_is_kept()
    {
        var state = new EvidenceState();
        var random = new Random(TestSeed.Value);
        for (var i = 0; i < 4_000; i++)
        {
            // The first tasks are all of one domain: what is known overall is what is known there.
            var (bad, isIn) = (i < 200 || random.Next(4) == 0, random.Next(2) == 0);
            var transfer = Make(Candidate with { Fate = isIn ? CandidateFate.Injected : CandidateFate.Withheld }) with
            {
                TargetDomain = bad ? "bad" : "good",
            };
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = random.NextDouble() < (bad && isIn ? 0.2 : 0.5) ? 1 : 0 });
            if (i == 199) Assert.Empty(state.Find(Candidate.Memory, 1)!.ByDomain);
        }
        var memory = state.Find(Candidate.Memory, 1)!;
        Assert.Equal(["bad", "good"], memory.ByDomain.Keys);
        Assert.Equal(4_000, memory.ByDomain.Values.Sum(e => e.Effect.Appearances));
        Assert.Equal([1L, 2L, 3L], memory.ByDomain.Values.Prepend(memory.Overall!.Value).Select(e => e.Number));
        Assert.True(memory.ByDomain["bad"].Effect.HarmE > 1e6 && memory.ByDomain["good"].Effect.HarmE < 1);
        Assert.Contains(state.Harmful(), h => h.Domain == "bad");
        Assert.DoesNotContain(state.Harmful(), h => h.Domain == "good");
        Assert.Contains(state.Suspects(), h => h.Domain == "bad");
        // What is removed keeps its e-value, whatever comes late.
        var (key, before) = (new VersionKey(Candidate.Memory, 1), memory.ByDomain["bad"].Effect.HarmE);
        var removal = new Decision
        {
            Memory = key.Memory,
            Version = 1,
            Domain = "bad",
            To = MemoryState.Quarantined,
            Reason = DecisionReason.ProvenHarm,
            At = Start,
        };
        state.Apply(removal);
        state.Apply(removal with { Memory = Guid.NewGuid(), Domain = null });
        Finish(1);
        Assert.Equal(before, memory.ByDomain["bad"].Effect.HarmE);
        Assert.True(Reopened(state, new EvidenceLimits()).Find(key.Memory, 1)!.ByDomain["bad"].IsFrozen);
        Assert.Equal(MemoryState.Quarantined, Reopened(state, new EvidenceLimits()).Decisions.StateOf(key, "bad"));
        Assert.Equal(MemoryState.Active, state.Decisions.StateOf(key));
        state.Apply(removal with { To = MemoryState.Active, Reason = DecisionReason.Person });
        Finish(1);
        Assert.True(memory.ByDomain["bad"].Effect.HarmE < before);
        Assert.True(state.Pooled()[key].ProbabilityBelow() > 0.95);
        Assert.Equal(4_002, state.Credits.Of(key.Memory, 1).Tasks);
        Assert.True(state.Credits.Of("").Passes < -50);

        void Finish(double score)
        {
            var transfer = Make(Candidate) with { TargetDomain = "bad" };
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = score });
        }
    }

    [Fact]
    public void Only_what_chance_decided_measures_a_memory()
    {
        var state = new EvidenceState();
        foreach (var transfer in (Transfer[])[
            Make(Candidate with { Probability = 1 }), Make(Candidate with { Fate = CandidateFate.LeftOut }),
            Make(Candidate with { Fate = CandidateFate.Withheld }) with { IsHeldOut = true }])
        {
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = 1 });
        }
        Assert.Null(state.Find(Candidate.Memory, 1)!.Overall);
        Assert.Equal((1, 2), (state.Sums.Gains[(GainGroup.All, "")].Control.Count, state.Sums.Gains[(GainGroup.All, "")].Memory.Count));
    }

    /// <summary>Every order in which a control, a second one and a run with memory may come.</summary>
    [Theory]
    [InlineData("cCm")]
    [InlineData("cmC")]
    [InlineData("mcC")]
    public void Runs_of_a_task_are_paired_once_in_any_order(string order)
    {
        var state = new EvidenceState();
        foreach (var run in order + order)
        {
            var transfer = Make(Candidate) with { Task = "t", IsHeldOut = run is 'c' or 'C' };
            state.Apply(transfer);
            state.Apply(new Outcome { Transfer = transfer.Id, Score = run == 'c' ? 1 : 0 });
        }
        Assert.Equal(new PairCounts(0, 0, 1, 0), state.Runs.Pairs);
        Assert.Equal(new FlipCounts(1, 0, 0, 0), state.Runs.Flips);
    }

    /// <summary>Stated use, a verifier, and a task that passed without memory: each of the three is needed, in either order of the runs.</summary>
    [Fact]
    public void Two_losses_with_stated_use_quarantine_a_memory()
    {
        var state = new EvidenceState();
        Play("a", controlFirst: true, inferred: false, controlScore: 1, OutcomeJudge.Verifier);
        Play("b", controlFirst: true, inferred: true, controlScore: 1, OutcomeJudge.Verifier);
        Play("c", controlFirst: true, inferred: false, controlScore: 0, OutcomeJudge.Verifier);
        Play("d", controlFirst: true, inferred: false, controlScore: 1, OutcomeJudge.Model);
        Play("a", controlFirst: true, inferred: false, controlScore: 1, OutcomeJudge.Verifier);
        Assert.Equal(1, state.Find(Candidate.Memory, 1)!.Blamed);
        Assert.Empty(state.Quarantinable());
        Play("e", controlFirst: false, inferred: false, controlScore: 1, OutcomeJudge.Verifier);
        Assert.Equal([new VersionKey(Candidate.Memory, 1)], state.Quarantinable());
        Assert.Equal(Bytes(state), Bytes(Reopened(state, new EvidenceLimits())));

        void Play(string task, bool controlFirst, bool inferred, double controlScore, OutcomeJudge judge)
        {
            foreach (var isControl in new[] { controlFirst, !controlFirst })
            {
                var transfer = Make(Candidate) with { Task = task, IsHeldOut = isControl };
                state.Apply(transfer);
                state.Apply(new Outcome
                {
                    Transfer = transfer.Id,
                    Score = isControl ? controlScore : 0,
                    Judge = judge,
                    JudgeModel = "m",
                    Used = isControl ? [] : [Candidate.Memory],
                    IsUsedInferred = inferred,
                });
            }
        }
    }

    [Fact]
    public void The_shares_of_the_error_sum_to_one_and_are_equal_at_first()
    {
        var sum = 0.0;
        for (var i = 1L; i <= 1_000_000; i++) sum += ErrorBudget.Share(i);
        Assert.InRange(sum, 0.9, 1);
        Assert.Equal(1 / 512.0, ErrorBudget.Share(1));
        Assert.Equal(1 / 512.0, ErrorBudget.Share(256));
        Assert.Equal(1 / (6 * 512.0), ErrorBudget.Share(257), 1e-15);
        Assert.Equal(1 / (6 * 512.0), ErrorBudget.Share(768), 1e-15);
        Assert.Equal(1 / (12 * 1024.0), ErrorBudget.Share(769), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => ErrorBudget.Share(0));
    }

    private string Fold(EvidenceState state, object happened)
    {
        if (happened is Transfer transfer)
        {
            _transfers[transfer.Id] = transfer;
            state.Apply(transfer);
        }
        else if (state.Apply((Outcome)happened) is var answer) return $"{answer.Result} {string.Join(' ', answer.NotInjected)}";
        return "";
    }

    private EvidenceState Reopened(EvidenceState state, EvidenceLimits limits)
    {
        var read = EvidenceSnapshot.TryRead(Bytes(state), limits)!;
        read.Open.Load = id => _transfers.GetValueOrDefault(id);
        return read;
    }

    private static byte[] Bytes(EvidenceState state) => EvidenceSnapshot.Write(state);

    private void AddOne(EvidenceState state, TransferIndex index, int i)
    {
        var isIn = i % 2 == 0;
        var transfer = Make(Candidate with { Fate = isIn ? CandidateFate.Injected : CandidateFate.Withheld }) with
        {
            TargetDomain = $"domain {i / 2 % 4}",
            Task = $"task {i}",
        };
        index.Add(transfer.Id, (2 * i) + 1, default);
        state.Apply(transfer);
        index.AddOutcome(transfer.Id, (2 * i) + 2, default);
        state.Apply(new Outcome { Transfer = transfer.Id, Score = isIn || i % 3 == 0 ? 1 : 0 });
    }

    private Transfer Make(params TransferCandidate[] candidates) => new()
    {
        Id = new Guid(++_made, 3, 3, new byte[8]),
        At = Start.AddSeconds(_made),
        TargetDomain = "a",
        Design = InclusionDesign.Factorial,
        Candidates = candidates,
    };
}
