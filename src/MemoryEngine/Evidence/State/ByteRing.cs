namespace MemoryEngine.Evidence.State;

/// <summary>
/// The newest of many small byte strings, in one array that is made once: what is new is written over what is oldest. However many there
/// are, a collection of garbage has one object to look at, and nothing to move.
/// </summary>
/// <param name="capacity">Bytes of the array.</param>
internal sealed class ByteRing(int capacity)
{
    private byte[] _ring = [];

    // Counted over all rounds, so that a place says whether it was written over since.
    private long _end;

    /// <summary>Adds a string; no place where it is longer than the ring.</summary>
    public RingPlace Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > capacity) return default;
        if (_ring.Length == 0) _ring = new byte[capacity];
        // One piece each: what does not fit before the array's end begins at its start.
        if (_end % capacity + bytes.Length > capacity) _end += capacity - (_end % capacity);
        var place = new RingPlace(_end, bytes.Length);
        bytes.CopyTo(_ring.AsSpan((int)(_end % capacity)));
        _end += bytes.Length;
        return place;
    }

    /// <summary>What was added at a place, valid until something is added; empty where that was written over since.</summary>
    public ReadOnlyMemory<byte> Find(RingPlace place) => place.Length == 0 || place.Start < _end - capacity
        ? default
        : _ring.AsMemory((int)(place.Start % capacity), place.Length);
}

/// <summary>Where a byte string was added to a <see cref="ByteRing"/>; of no length for nowhere.</summary>
internal readonly record struct RingPlace(long Start, int Length);
