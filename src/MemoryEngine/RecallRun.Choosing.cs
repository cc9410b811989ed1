using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Evidence.Design;
using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Transfers;
using MemoryEngine.Verification;

namespace MemoryEngine;

/// <summary>Which of the verified candidates are handed over, and what is said about the others.</summary>
internal sealed partial class RecallRun
{
    private void Choose()
    {
        var accepted = ArrayPool<int>.Shared.Rent(_count);
        var (count, pinned) = (0, 0);
        for (var i = 0; i < _count; i++)
        {
            if (!_candidates[i].Reasons.IsAccepted) continue;
            accepted[count++] = i;
            if (_candidates[i].IsPinned) pinned++;
        }
        // Pins are in front of all others, and stages and mix do not touch them.
        accepted.AsSpan(0, pinned).CopyTo(_chosen);
        _chosenCount = pinned;
        Mix(Staged(accepted.AsSpan(pinned, count - pinned)), _places - pinned);
        ArrayPool<int>.Shared.Return(accepted);
    }

    // The candidates in the order in which they are to be taken.
    private Span<int> Staged(Span<int> ranked)
    {
        if (_query.ByEffect) Reorder(ranked, ByEffect(ranked));
        if (_query.Diversity > 0) Reorder(ranked, ByDiversity(ranked));
        return ranked;
    }

    private void Mix(Span<int> ranked, int places)
    {
        if (places == 0 || ranked.IsEmpty) return;
        var (levels, flags) = (ArrayPool<MemoryLevel>.Shared.Rent(ranked.Length), ArrayPool<bool>.Shared.Rent(ranked.Length));
        for (var i = 0; i < ranked.Length; i++) levels[i] = _candidates[ranked[i]].Level;
        _mix.Choose(levels.AsSpan(0, ranked.Length), places, flags.AsSpan(0, ranked.Length));
        for (var i = 0; i < ranked.Length; i++)
            if (flags[i]) _chosen[_chosenCount++] = ranked[i];
        ArrayPool<MemoryLevel>.Shared.Return(levels);
        ArrayPool<bool>.Shared.Return(flags);
        if (_query.Exploration > 0) Explore(ranked);
    }

    private void Explore(Span<int> ranked)
    {
        var draw = _query.ExplorationDraw ?? (_isRecorded ? CounterRandom.Uniform(_seed, 0, 0) : Random.Shared.NextDouble());
        var explored = SecondStage.Explored(StagedOf(ranked), _places, _query.Exploration, draw);
        if (explored < 0 || !_mix.Allows(_candidates[ranked[explored]].Level)) return;
        _chosen[_chosenCount - 1] = ranked[explored];
        _candidates[ranked[explored]].Reasons.Add(ReasonCode.Explored);
    }

    private StagedCandidate[] StagedOf(ReadOnlySpan<int> ranked)
    {
        var evidence = _pool.Effects;
        var staged = new StagedCandidate[ranked.Length];
        for (var i = 0; i < staged.Length; i++)
        {
            ref readonly var c = ref _candidates[ranked[i]];
            staged[i] = new StagedCandidate(
                c.Id, c.Version, evidence.EffectLowerBound(c.Id, c.Version, _rules.Facts.Domain), evidence.Appearances(c.Id, c.Version),
                c.Scores.Fused * evidence.Influence(c.Contributor));
        }
        return staged;
    }

    private int[] ByEffect(ReadOnlySpan<int> ranked)
    {
        var order = new int[ranked.Length];
        SecondStage.ByEffect(StagedOf(ranked), order);
        return order;
    }

    private int[] ByDiversity(ReadOnlySpan<int> ranked)
    {
        var (relevance, all) = (new double[ranked.Length], ranked.ToArray());
        for (var i = 0; i < all.Length; i++) relevance[i] = _candidates[all[i]].Scores.Fused / _candidates[all[0]].Scores.Fused;
        var order = new int[all.Length];
        Diversity.Order(
            relevance, (a, b) => _candidates[all[a]].Facts!.Sketch.Similarity(_candidates[all[b]].Facts!.Sketch), _query.Diversity, order);
        return order;
    }

    private static void Reorder(Span<int> ranked, int[] order)
    {
        for (var i = 0; i < order.Length; i++) order[i] = ranked[order[i]];
        order.CopyTo(ranked);
    }

    private RecallResult Result()
    {
        if (_query.Text is not null) _recall.UsualDepth.Note(_depth > _firstDepth);
        Draw();
        var memories = new RecalledMemory[_chosenCount - _withheld];
        for (int i = 0, to = 0; to < memories.Length; i++)
        {
            ref readonly var c = ref _candidates[_chosen[i]];
            if (!c.Reasons.IsAccepted) continue;
            memories[to++] = new RecalledMemory(c.Memory!, c.Scores) { Verdict = _verifying.Conclude(c, _rules, _query.Explain) };
        }
        var result = new RecallResult
        {
            Transfer = Record(),
            IsHeldOut = _isHeldOut,
            WithheldCount = _withheld,
            Memories = memories,
            Mode = _rules.Mode,
            Considered = _searched.Matching,
            Sequence = _view.View.Last,
            LeftOut = _query.Explain ? LeftOut() : Array.Empty<LeftOutMemory>(),
            Plan = _ask.Plan is { } plan ? plan : Array.Empty<SearchStep>(),
            SearchTime = _searchTime,
            VerifyTime = _verifyTime,
            TotalTime = Stopwatch.GetElapsedTime(_ask.Start),
        };
        if (_chosenCount < _query.K || HasDamage()) result.SetNotes([.. Notes()]);
        return result;
    }

    private bool HasDamage()
    {
        for (var i = 0; i < _count; i++)
            if (_candidates[i].Damage is not null) return true;
        return false;
    }

    private IEnumerable<string> Notes()
    {
        for (var i = 0; i < _count; i++)
            if (_candidates[i].Damage is { } damage) yield return $"Memory {_candidates[i].Id} was left out: {damage}";
        if (_chosenCount >= _query.K) yield break;
        if (_searched is { Found: 0, Matching: > 0 } && _query is { Text: not null, Vector: null, Vectors.Count: 0 } && !_ask.Vector.HasValue)
            yield return "No memory holds a word of the query, or one like it, so nothing was found. Ask in other words.";
        if (_searched.IsCut && _depth >= MaxDepth)
            yield return $"Fewer than {_query.K} passed verification among the {_searched.Found} most similar; deeper ones were not looked at.";
        // An answer that is short because of the mode says so: whoever did not choose the mode may not know.
        if (_leastFrom is null) yield break;
        var found = ArrayPool<FusedHit>.Shared.Rent(1);
        using var ranking = new WordRanking();
        var others = _recall.Search(_ask with { Plan = null }, _view, ranking, null, 1, found.AsSpan(0, 1)).Matching - _searched.Matching;
        ArrayPool<FusedHit>.Shared.Return(found);
        var what = others == 1 ? "1 memory" : $"{others} memories";
        if (others > 0) yield return $"Mode {_rules.Mode} keeps {what} from a task of {DomainName}; other modes let more come.";
    }

    private string DomainName => _rules.Facts.Domain.Length > 0 ? $"'{_rules.Facts.Domain}'" : "no domain";

    private List<LeftOutMemory> LeftOut()
    {
        var list = new List<LeftOutMemory>();
        for (var i = 0; i < _count && list.Count < ShownLeftOut; i++)
        {
            var isChosen = _chosen.AsSpan(0, _chosenCount).Contains(i);
            if (isChosen && _candidates[i].Reasons.IsAccepted) continue;
            if (!isChosen && _candidates[i].Reasons.IsAccepted) _candidates[i].Reasons.Add(WhyNotChosen(i));
            list.Add(LeftOut(_candidates[i]));
        }
        if (_leastFrom is not null) AddUnreachable(list);
        list.Sort(static (a, b) => b.Scores.Fused.CompareTo(a.Scores.Fused));
        return list;
    }

    private ReasonCode WhyNotChosen(int index)
    {
        if (_query.Scenario == TransferScenario.Default) return ReasonCode.Outranked;
        var chosen = _chosen.AsSpan(0, _chosenCount);
        foreach (var i in chosen)
            if (i > index) return ReasonCode.NotInMix;
        return ReasonCode.Outranked;
    }

    // What the mode kept from being searched at all: the most similar of it, as a search without the mode ranks it.
    private void AddUnreachable(List<LeftOutMemory> list)
    {
        var found = ArrayPool<FusedHit>.Shared.Rent(ShownLeftOut);
        using var ranking = new WordRanking();
        var searched = _recall.Search(_ask with { Plan = null }, _view, ranking, null, Searching.MinDepth, found.AsSpan(0, ShownLeftOut));
        for (var i = 0; i < searched.Found; i++)
        {
            var candidate = _verifying.Look(found[i].Row, found[i].Scores, _view.View, _rules, isPinned: false);
            if (candidate.Ruling.IsAllowed || IsPinnedRow(found[i].Row) || list.Exists(l => l.Id == candidate.Id)) continue;
            list.Add(LeftOut(candidate));
        }
        ArrayPool<FusedHit>.Shared.Return(found);
    }

    private LeftOutMemory LeftOut(in Candidate c) =>
        new(c.Id, c.Version, c.Level, c.Domain, c.Scores, _verifying.Conclude(c, _rules, isExplained: true));
}
