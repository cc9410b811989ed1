using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Where a transfer and its outcome stand in the journal; sequences of 0 for what is not there.</summary>
internal readonly record struct TransferPlace(long Sequence, JournalPosition Position, long OutcomeSequence, JournalPosition OutcomePosition);

/// <summary>
/// Where the newest transfers and their outcomes stand in the journal, for those who ask why, and for outcomes that come late.
/// Thread-safe: rewriting a file of the journal moves them.
/// </summary>
internal sealed class TransferIndex(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, TransferPlace> _places = [];
    private readonly Queue<Guid> _order = new();

    public void Add(Guid transfer, long sequence, JournalPosition position)
    {
        lock (_gate)
        {
            if (!_places.TryAdd(transfer, new TransferPlace(sequence, position, 0, default))) return;
            if (_order.Count == most) _places.Remove(_order.Dequeue());
            _order.Enqueue(transfer);
        }
    }

    public void AddOutcome(Guid transfer, long sequence, JournalPosition position)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(transfer, out var place))
                _places[transfer] = place with { OutcomeSequence = sequence, OutcomePosition = position };
        }
    }

    public TransferPlace? Find(Guid transfer)
    {
        lock (_gate) return _places.TryGetValue(transfer, out var place) ? place : null;
    }

    /// <summary>The answered ones, in the order in which their outcomes were told.</summary>
    public IReadOnlyList<Guid> Answered()
    {
        lock (_gate) return [.. _places.Where(p => p.Value.OutcomeSequence > 0).OrderBy(p => p.Value.OutcomeSequence).Select(p => p.Key)];
    }

    /// <summary>Takes note of where events are that were moved.</summary>
    public void Move(IReadOnlyDictionary<long, JournalPosition> moved)
    {
        if (moved.Count == 0) return;
        lock (_gate)
        {
            foreach (var (id, place) in _places.ToList())
            {
                var position = moved.GetValueOrDefault(place.Sequence, place.Position);
                var outcome = moved.GetValueOrDefault(place.OutcomeSequence, place.OutcomePosition);
                if (position != place.Position || outcome != place.OutcomePosition)
                    _places[id] = place with { Position = position, OutcomePosition = outcome };
            }
        }
    }

    /// <summary>Forgets transfers whose candidates are no longer kept.</summary>
    /// <param name="isGone">Whether it is one of them.</param>
    /// <returns>The ids of what was forgotten.</returns>
    public IReadOnlyList<Guid> Forget(Func<TransferPlace, bool> isGone)
    {
        lock (_gate)
        {
            List<Guid> gone = [.. _places.Where(p => isGone(p.Value)).Select(p => p.Key)];
            foreach (var id in gone) _places.Remove(id);
            for (var left = _order.Count; left > 0; left--)
                if (_order.Dequeue() is var id && _places.ContainsKey(id)) _order.Enqueue(id);
            return gone;
        }
    }
}
