using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Transfers;
using MemoryEngine.Verification;

namespace MemoryEngine;

/// <summary>
/// One search of a recall, and what follows it: candidates are verified in the order of their ranks until there are enough, the search
/// goes deeper where there are not, k are chosen, and each is looked at once more before it is handed over.
/// </summary>
internal sealed partial class RecallRun : IDisposable
{
    private const int Batch = 32;
    private const int LeastBatch = 8;
    private const int MaxDepth = 4096;
    private const int Deeper = 4;
    private const int ShownLeftOut = 64;

    private readonly Recall _recall;
    private readonly Pool _pool;
    private readonly Verifying _verifying;
    private readonly Ask _ask;
    private readonly RecallQuery _query;
    private readonly PoolView _view;
    private readonly TaskRules _rules;
    private readonly ScenarioMix _mix;
    private readonly RecallExperiment? _experiment;
    private readonly bool _isRecorded;
    private readonly uint _seed;
    private readonly int _places;
    private readonly int _needed;
    private readonly int _firstDepth;
    private readonly Func<string, MemoryLevel>? _leastFrom;
    private readonly WordRanking _ranking = new();
    private readonly int[] _chosen;
    private int _chosenCount;
    private FusedHit[] _found = [];
    private Searched _searched;
    private int _depth;
    private int _next;
    private bool _hasBegun;
    private Candidate[] _candidates;
    private int _count;
    private TimeSpan _searchTime;
    private TimeSpan _verifyTime;

    public RecallRun(Recall recall, Pool pool, Verifying verifying, Ask ask)
    {
        (_recall, _pool, _verifying, _ask) = (recall, pool, verifying, ask);
        _view = ask.Seen is not { } seen ? pool.Table.Current
            : pool.Table.IsOutdated(seen) ? pool.Table.Seen(seen.View, seen.Live)
            : seen;
        _mix = ScenarioMix.Of(ask.Query.Scenario);
        // What can never come need not be found.
        _query = _mix.IsOnly && ask.Query.MinLevel < _mix.Least ? ask.Query with { MinLevel = _mix.Least } : ask.Query;
        _ask = ask with { Query = _query, Text = _query.Text is { } text ? new QuestionText(text) : null };
        _rules = verifying.RulesOf(
            _query.Mode, _query.Domain, _query.Context, _query.Language, _query.MinScore, _view, ask.NowMicroseconds);
        _isRecorded = !IsOfThePast && _query.Record && pool.TakesTransfers;
        // What is not recorded teaches nothing, so nothing is withheld for it.
        _experiment = _isRecorded ? recall.Recorder.ExperimentOf(_query, verifying, _view) : null;
        _seed = _query.Seed ?? (_isRecorded ? (uint)Random.Shared.NextInt64() : 0);
        _places = PlacesOf(_experiment, _query.K);
        _needed = _places;
        if (_query.ByEffect || _query.Exploration > 0) _needed = Math.Max(_needed, SecondStage.Depth);
        if (_query.Diversity > 0) _needed = Math.Max(_needed, Math.Min(4 * _places, Math.Max(_places, Limits.MaxRecall)));
        _firstDepth = IsOneRanking ? Math.Max(2 * LeastBatch, 4 * _needed) : Math.Max(Searching.MinDepth, 2 * _places);
        if (recall.UsualDepth.IsDeep) _ranking.Reach = Math.Min(MaxDepth, Deeper * _firstDepth);
        _leastFrom = verifying.LeastFrom(_rules);
        _chosen = ArrayPool<int>.Shared.Rent(_places);
        _candidates = ArrayPool<Candidate>.Shared.Rent(2 * Batch);
    }

    // Whether the answer is the first k that pass, and nobody asks for more.
    private bool DoFirstsMatter =>
        !_query.Explain && _query is { ByEffect: false, Exploration: 0, Diversity: 0, Scenario: TransferScenario.Default };

    // Where nothing is fused, nothing that ranks low in one part can rank high in the whole: a vector alone needs no more candidates than
    // are likely to be looked at. Every part reads the vectors of as many, which is most of what a recall costs (docs/benchmarks.md, The pipe).
    private bool IsOneRanking => _query is { Text: null, Vectors.Count: 0 } && DoFirstsMatter;

    private bool IsOfThePast => _ask.Seen is not null;

    public void Dispose()
    {
        _ask.Text?.Dispose();
        _ranking.Dispose();
        ArrayPool<int>.Shared.Return(_chosen);
        ArrayPool<Candidate>.Shared.Return(_candidates, clearArray: true);
        if (_found.Length > 0) ArrayPool<FusedHit>.Shared.Return(_found);
    }

    /// <summary>Recalls.</summary>
    /// <param name="isLast">Whether what has changed meanwhile is left out instead of searched for again.</param>
    /// <returns>The answer; null when something that was found has been superseded or forgotten since.</returns>
    public async ValueTask<RecallResult?> TryAsync(bool isLast)
    {
        // Of what is found, as much as is likely to be enough: the rest would be scored in vain.
        SearchTo(_firstDepth, Math.Max(2 * Batch, 2 * _needed));
        var isFirst = true;
        while (true)
        {
            while (!HasEnough() && await VerifyMoreAsync().ConfigureAwait(false)) { }
            Choose();
            if (isFirst && _pool.Options.BeforeHandOver is { } hook) await hook().ConfigureAwait(false);
            isFirst = false;
            var isComplete = await HandOverAsync().ConfigureAwait(false);
            if (!isLast && !IsOfThePast && HasMoved()) return null;
            if (isComplete) return Result();
        }
    }

    // Memories that were asked for by id come first, whatever they are.
    private void LookAtPins()
    {
        foreach (var pin in _query.Pins)
        {
            var row = pin.Version is null ? _pool.Table.FindLive(pin.Id, _view.View) : _pool.Table.FindNewest(pin.Id, _view.View);
            if (row < 0) row = _pool.Table.FindNewest(pin.Id, _view.View);
            while (row >= 0 && pin.Version is { } version && _pool.Table.Rows[row].Version != version) row = _pool.Table.Rows[row].Previous;
            if (row < 0) throw NotFound.Memory(pin.Id);
            Add(_verifying.Look(row, default, _view.View, _rules, isPinned: true));
        }
    }

    private void SearchTo(int depth, int room)
    {
        var start = Stopwatch.GetTimestamp();
        if (_found.Length > 0) ArrayPool<FusedHit>.Shared.Return(_found);
        _depth = depth;
        _found = ArrayPool<FusedHit>.Shared.Rent(room);
        _searched = _recall.Search(_ask, _view, _ranking, _leastFrom, depth, _found.AsSpan(0, room));
        _searchTime += _searchTime == TimeSpan.Zero ? Stopwatch.GetElapsedTime(_ask.Start) : Stopwatch.GetElapsedTime(start);
        (_next, _count, _hasBegun) = (0, 0, false);
        LookAtPins();
    }

    // Pins that no batch has verified yet are not accepted.
    private bool HasEnough() => _hasBegun && Missing() == 0;

    // How many accepted candidates are wanting at least.
    private int Missing()
    {
        var (accepted, about) = (0, 0);
        for (var i = 0; i < _count; i++)
        {
            if (!_candidates[i].Reasons.IsAccepted) continue;
            accepted++;
            if (_mix.IsAbout(_candidates[i].Level)) about++;
        }
        return Math.Max(0, Math.Max(_needed - accepted, _mix.Places(_places) - about));
    }

    /// <summary>Verifies the next candidates.</summary>
    /// <returns>False when there are no more.</returns>
    private async ValueTask<bool> VerifyMoreAsync()
    {
        var from = _hasBegun ? _count : 0;
        _hasBegun = true;
        var start = Stopwatch.GetTimestamp();
        var taken = TakeMore();
        _verifyTime += Stopwatch.GetElapsedTime(start);
        if (taken == 0 && from == _count)
        {
            if (!_searched.IsCut || _depth >= MaxDepth) return false;
            var depth = Math.Min(MaxDepth, Deeper * _depth);
            SearchTo(depth, 2 * depth);
            return true;
        }
        for (var i = from; i < _count; i++)
        {
            if (_candidates[i].Reasons.IsAccepted)
                await ReadAsync(i, _verifying.Validator.HasUserChecks).ConfigureAwait(false);
        }
        start = Stopwatch.GetTimestamp();
        _verifying.Validator.Verify(_candidates.AsSpan(0, _count), from);
        await _verifying.Validator.VerifyByUserAsync(_candidates, from, _count, _rules.Facts, _ask.Cancellation).ConfigureAwait(false);
        _verifyTime += Stopwatch.GetElapsedTime(start);
        return true;
    }

    private int TakeMore()
    {
        // Where only the first k that pass matter, no more are read than are wanting: a text that is seen for the first time takes a read
        // and 40 microseconds. Stages and mixes choose among all that pass, an explanation tells of them, and checks of the user's share
        // a deadline.
        var firstsMatter = DoFirstsMatter && !_verifying.Validator.HasUserChecks;
        var (batch, wanted) = firstsMatter ? (Batch, Missing()) : (Math.Clamp(_needed, LeastBatch, Batch), int.MaxValue);
        var (taken, passed) = (0, 0);
        for (; taken < batch && passed < wanted && _next < _searched.Found; _next++)
        {
            if (IsPinnedRow(_found[_next].Row)) continue;
            Add(_verifying.Look(_found[_next].Row, _found[_next].Scores, _view.View, _rules, isPinned: false));
            if (_candidates[_count - 1].Reasons.IsAccepted) passed++;
            taken++;
        }
        return taken;
    }

    private bool IsPinnedRow(int row)
    {
        for (var i = 0; i < _query.Pins.Count; i++)
            if (_candidates[i].Row == row) return true;
        return false;
    }

    private void Add(in Candidate candidate)
    {
        if (_count == _candidates.Length)
        {
            var grown = ArrayPool<Candidate>.Shared.Rent(2 * _count);
            _candidates.AsSpan(0, _count).CopyTo(grown);
            ArrayPool<Candidate>.Shared.Return(_candidates, clearArray: true);
            _candidates = grown;
        }
        _candidates[_count++] = candidate;
    }

    // Reads what is chosen and looks at it once more. Whatever fails now has a reason more, and the next choice does without it.
    private async ValueTask<bool> HandOverAsync()
    {
        var isComplete = true;
        for (var i = 0; i < _chosenCount; i++)
        {
            if (_candidates[_chosen[i]].Memory is not null) continue;
            await ReadAsync(_chosen[i], needsMemory: true).ConfigureAwait(false);
        }
        for (var i = 0; i < _chosenCount; i++)
            if (!_verifying.IsStillGood(ref _candidates[_chosen[i]], _rules, IsOfThePast)) isComplete = false;
        return isComplete;
    }

    private ValueTask ReadAsync(int index, bool needsMemory) =>
        _verifying.ReadAsync(_candidates, index, _view.View, needsMemory, _ask.Cancellation);

    private bool HasMoved()
    {
        for (var i = 0; i < _chosenCount; i++)
            if (_candidates[_chosen[i]].Reasons is { } r && (r.Has(ReasonCode.Superseded) || r.Has(ReasonCode.Forgotten))) return true;
        return false;
    }
}
