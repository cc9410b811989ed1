namespace MemoryEngine.Segments;

/// <summary>
/// The columns of one record: what filters, views and answers need without reading the body. The applier writes it;
/// readers may be looking at the same time, so what changes after birth changes by single writes.
/// </summary>
internal struct Row
{
    public Guid MemoryId;
    public UInt128 ContentHash;

    /// <summary>The sequence of the event that brought the record into the world.</summary>
    public long Birth;

    /// <summary>The sequence of its death, 0 while it has none. Not changed again once <see cref="History"/> is there.</summary>
    public long Death;

    /// <summary>All its events in order, births positive and deaths negative, once there are more than a birth and a death.</summary>
    public long[]? History;

    public long Position;
    public long CreatedMicroseconds;
    public long ExpiresMicroseconds;
    public ulong TaskHash;

    /// <summary>The row of the version before this one, or -1.</summary>
    public int Previous;

    public int Version;
    public int Domain;
    public int Model;
    public int Language;
    public int License;
    public int Contributor;
    public int Tags;
    public int Requires;
    public MemoryLevel Level;
    public MemoryFormat Format;
    public TaskResult Result;

    /// <summary>Live when the newest of its events that counts in the view is a birth.</summary>
    public readonly bool IsLive(View view)
    {
        if (Volatile.Read(in History) is not { } history)
        {
            var death = Volatile.Read(in Death);
            return view.Contains(Birth) && (death == 0 || !view.Contains(death));
        }
        for (var i = history.Length - 1; i >= 0; i--)
            if (view.Contains(Math.Abs(history[i]))) return history[i] > 0;
        return false;
    }

    /// <summary>Whether it holds nothing any more, in no view: no event of its life is left.</summary>
    public readonly bool IsErased => Volatile.Read(in History) is { Length: 0 };

    /// <summary>Whether a view has heard of the record: any of its births counts there.</summary>
    public readonly bool IsKnown(View view)
    {
        if (Volatile.Read(in History) is not { } history) return view.Contains(Birth);
        foreach (var sequence in history)
            if (sequence > 0 && view.Contains(sequence)) return true;
        return false;
    }

    /// <summary>Takes its whole life away: no view, not even one of the past, sees it any more.</summary>
    public void Erase() => Volatile.Write(ref History, []);

    /// <summary>Notes an event, a birth's sequence positive, a death's negative.</summary>
    public void Note(long signedSequence)
    {
        if (History is null && signedSequence < 0 && Death == 0)
        {
            Volatile.Write(ref Death, -signedSequence);
            return;
        }
        long[] history = History is not null ? [.. History, signedSequence]
            : Death != 0 ? [Birth, -Death, signedSequence]
            : [Birth, signedSequence];
        Volatile.Write(ref History, history);
    }
}
