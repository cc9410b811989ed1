using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Evidence.Design;
using MemoryEngine.Verification;

namespace MemoryEngine;

/// <summary>What chance decides about what was chosen, and what is recorded of the recall.</summary>
internal sealed partial class RecallRun
{
    /// <summary>Of what was left out, so many of the best are recorded.</summary>
    private const int RecordedLeftOut = 8;

    // Each candidate's probability of being handed over, in the order of those chosen; null where nothing is left to chance.
    private double[]? _probabilities;
    private bool _isHeldOut;
    private int _withheld;

    /// <summary>How many places there are: in a factorial design twice as many as are filled on average.</summary>
    private static int PlacesOf(RecallExperiment? experiment, int k) => experiment is { Design: InclusionDesign.Factorial } ? 2 * k : k;

    // Withheld ones get a reason against them, so that they are like others that are left out. Nothing takes their place.
    private void Draw()
    {
        if (_experiment is null || _chosenCount == 0) return;
        // Who asks for a memory by id is to have it.
        _isHeldOut = _query.Pins.Count == 0 && RandomisedInclusion.IsHeldOut(_seed, _experiment.HoldOutShare);
        var candidates = ArrayPool<InclusionCandidate>.Shared.Rent(_chosenCount);
        var drawn = ArrayPool<Inclusion>.Shared.Rent(_chosenCount);
        for (var i = 0; i < _chosenCount; i++)
        {
            ref readonly var c = ref _candidates[_chosen[i]];
            var isSuspect = _pool.Effects.Standing(c.Id, c.Version, _rules.Facts.Domain) == MemoryStanding.Suspect;
            candidates[i] = new InclusionCandidate(c.Id, _pool.Effects.IsWatched(c.Id, c.Version), c.IsPinned, isSuspect);
        }
        _ = RandomisedInclusion.Draw(
            TransferRecorder.OptionsOf(_experiment, _query.K) with { K = _chosenCount }, candidates.AsSpan(0, _chosenCount), _seed,
            drawn.AsSpan(0, _chosenCount));
        _probabilities = new double[_chosenCount];
        for (var i = 0; i < _chosenCount; i++)
        {
            _probabilities[i] = drawn[i].Probability;
            if (drawn[i].Included && !_isHeldOut) continue;
            _candidates[_chosen[i]].Reasons.Add(_isHeldOut ? ReasonCode.HeldOut : ReasonCode.Withheld);
            _withheld++;
        }
        ArrayPool<InclusionCandidate>.Shared.Return(candidates);
        ArrayPool<Inclusion>.Shared.Return(drawn);
    }

    private Guid? Record()
    {
        if (!_isRecorded) return null;
        var recorder = _recall.Recorder;
        var transfer = new Transfer
        {
            Id = recorder.NewId(_seed),
            At = Records.RecordCodec.Time(_pool.NowMicroseconds),
            Task = _query.Task ?? "",
            TargetDomain = _rules.Facts.Domain,
            Mode = _rules.Mode,
            Scenario = _query.Scenario,
            ConsumerModel = _query.ConsumerModel,
            Modality = Modality(),
            Design = _experiment?.Design ?? InclusionDesign.Off,
            Seed = _seed,
            IsHeldOut = _isHeldOut,
            HoldOutShare = _experiment?.HoldOutShare ?? 0,
            PoolTasks = _verifying.CountSourceTasks(_view),
            Candidates = RecordedCandidates(),
            Micros = new TransferTimings(
                (long)_searchTime.TotalMicroseconds, (long)_verifyTime.TotalMicroseconds,
                (long)Stopwatch.GetElapsedTime(_ask.Start).TotalMicroseconds),
        };
        return recorder.TryRecord(transfer);
    }

    private TransferCandidate[] RecordedCandidates()
    {
        LookFurther();
        var recorded = new TransferCandidate[_chosenCount + Math.Min(RecordedLeftOut, _count - _chosenCount)];
        for (var i = 0; i < _chosenCount; i++)
        {
            ref readonly var c = ref _candidates[_chosen[i]];
            recorded[i] = Recorded(
                c, c.Reasons, c.Reasons.IsAccepted ? CandidateFate.Injected : CandidateFate.Withheld, _probabilities?[i] ?? 1);
        }
        for (int i = 0, to = _chosenCount; to < recorded.Length; i++)
        {
            if (_chosen.AsSpan(0, _chosenCount).Contains(i)) continue;
            var reasons = _candidates[i].Reasons;
            if (reasons.IsAccepted) reasons.Add(WhyNotChosen(i));
            recorded[to++] = Recorded(_candidates[i], reasons, CandidateFate.LeftOut, 1);
        }
        return recorded;
    }

    // No more is verified than is wanted, so what ranked next may not have been looked at. Its columns say enough for the record: that
    // it was outranked, or what else kept it out. An explanation looks at more than this by itself.
    private void LookFurther()
    {
        for (; !_query.Explain && _count - _chosenCount < RecordedLeftOut && _next < _searched.Found; _next++)
        {
            if (IsPinnedRow(_found[_next].Row)) continue;
            Add(_verifying.Look(_found[_next].Row, _found[_next].Scores, _view.View, _rules, isPinned: false));
        }
    }

    private TransferCandidate Recorded(in Candidate c, ReasonSet reasons, CandidateFate fate, double probability) => new()
    {
        Memory = c.Id,
        Version = c.Version,
        Level = c.Level,
        Domain = c.Domain,
        ProducerModel = _pool.Table.Names[_pool.Table.Rows[c.Row].Model] is { Length: > 0 } model ? model : null,
        Contributor = c.Contributor is { Length: > 0 } contributor ? contributor : null,
        Scores = c.Scores,
        Probability = probability,
        Fate = fate,
        Reasons = _verifying.CodesOf(reasons),
    };

    private string Modality()
    {
        if (_query.Vectors.Count == 0) return ModalityOf(_query.Space);
        var all = _query.Vectors.Select(v => ModalityOf(v.Space)).Concat(_query.Text is null ? [] : [VectorSpace.TextSpace]);
        return string.Join('+', all.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private string ModalityOf(string space) => _pool.Table.Spaces.Find(space)?.Space.Modality ?? VectorSpace.TextSpace;
}
