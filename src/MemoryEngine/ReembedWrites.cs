using MemoryEngine.Journal;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>Which rows somebody may search for: those that are live now or in a snapshot, and those that can be restored.</summary>
internal sealed class SeenRows(Pool pool)
{
    private readonly View _current = pool.Table.Current.View;
    private readonly View[] _named = [.. pool.Snapshots.All.Select(s => s.View)];

    public bool Has(int row)
    {
        var table = pool.Table;
        ref readonly var r = ref table.Rows[row];
        if (r.IsErased) return false;
        if (r.IsLive(_current)) return true;
        foreach (var view in _named) if (r.IsLive(view)) return true;
        return table.FindNewest(r.MemoryId, _current) == row && table.FindLive(r.MemoryId, _current) < 0;
    }
}

/// <summary>A space that is to take the place of the texts' one: declared when its embedder has answered for the first time.</summary>
internal sealed class PendingTextSpace(Pool pool, VectorSpace space) : PendingWrite<SpaceEntry>(pool, Durability.Device)
{
    private VectorSpace _space = space;
    private int _id;

    public override bool IsAlone => true;

    public override int Bytes => 512 + (4 * (_space.EmbedderId.Length + _space.EmbedderRevision.Length));

    public override bool Prepare(JournalWriter journal)
    {
        _id = Pool.Table.Spaces.Count;
        if (_id >= Limits.MaxSpaces)
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict,
                $"The pool has had {Limits.MaxSpaces} vector spaces, which is all it can; the vectors of {_space.EmbedderId} cannot get another. " +
                "Export it and import it into a new pool.");
        }
        _space = _space with { Name = SpaceNames.Waiting(_id) };
        journal.Append(EventType.SpaceDeclared, new SpaceDeclaredEvent(_id, _space).Encode());
        return true;
    }

    public override void Apply()
    {
        Pool.Table.Spaces.Declare(_id, _space);
        Result = Pool.Table.Spaces[_id];
    }
}

/// <summary>Vectors of versions that have none in a space; answers how many were stored.</summary>
internal sealed class PendingVectors(Pool pool, int space, IReadOnlyList<(int Row, ReadOnlyMemory<float> Vector)> vectors)
    : PendingWrite<int>(pool, Durability.Device)
{
    private readonly List<(int Row, ReadOnlyMemory<float> Vector)> _stored = [];

    public override int Bytes => vectors.Sum(v => JournalFormat.FrameBytes(VectorAddedEvent.BytesFor(v.Vector.Length)));

    public override bool Prepare(JournalWriter journal)
    {
        _stored.Clear();
        Pool.EnsureWithinLimit(Bytes / 2);
        foreach (var (row, vector) in vectors)
        {
            // Purged since it was embedded, or embedded by somebody else.
            if (Pool.Table.IsErased(row) || Pool.Table.HasVector(row, space)) continue;
            journal.Append(EventType.VectorAdded, new VectorAddedEvent(row + 1L, space, vector).Encode());
            _stored.Add((row, vector));
        }
        Result = _stored.Count;
        return true;
    }

    public override void Apply()
    {
        foreach (var (row, vector) in _stored) Pool.Table.AddVector(row, space, vector.Span);
    }
}

/// <summary>
/// From this event on another space is that of the texts. Answers which spaces are given up with it, or null, with nothing changed,
/// when a memory that can be seen has no vector there.
/// </summary>
internal sealed class PendingTextSwitch(Pool pool, int space, HashSet<int> excepted)
    : PendingWrite<IReadOnlyList<int>?>(pool, Durability.Device)
{
    private bool _isComplete;

    // So that every memory there is has been applied when it is looked at.
    public override bool IsAlone => true;

    public override int Bytes => 64;

    public override bool Prepare(JournalWriter journal)
    {
        var seen = new SeenRows(Pool);
        for (var row = 0; row < Pool.Table.Current.RowCount; row++)
            if (seen.Has(row) && !Pool.Table.HasVector(row, space) && !excepted.Contains(row)) return true;
        _isComplete = true;
        journal.Append(EventType.TextSpaceChosen, new SpaceEvent(space).Encode());
        return true;
    }

    public override void Apply()
    {
        if (_isComplete) Result = Pool.Table.Spaces.Choose(space);
    }
}

/// <summary>The vectors of a space that waits are given up; false when it does not wait any more.</summary>
internal sealed class PendingSpaceDrop(Pool pool, int space) : PendingWrite<bool>(pool, Durability.Device)
{
    public override bool IsAlone => true;

    public override int Bytes => 64;

    public override bool Prepare(JournalWriter journal)
    {
        Result = Pool.Table.Spaces.CanChange(space, drop: true);
        if (Result) journal.Append(EventType.SpaceDropped, new SpaceEvent(space).Encode());
        return true;
    }

    public override void Apply()
    {
        if (Result) _ = Pool.Table.Spaces.Drop(space);
    }
}
