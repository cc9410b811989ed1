using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Index;

/// <summary>
/// The nearest candidates of a search, sorted, in a fixed number of places. A key goes in without a search for its place and
/// without a branch on where that is: every place takes the middle one of its old key, its left neighbour's old key, and the
/// new one. With tens of places that is a few registers' work, less than a mispredicted branch.
/// </summary>
internal unsafe struct CandidatePool
{
    private readonly long* _keys;
    private int _places;
    private int _limit;

    /// <param name="memory">Room for <see cref="BytesFor"/>, aligned to 64 bytes.</param>
    public CandidatePool(byte* memory) => _keys = (long*)(memory + 64);

    /// <summary>Every place but those behind the limit holds a candidate that counts.</summary>
    public readonly int Limit => _limit;

    public readonly long this[int at] => _keys[at];

    /// <summary>A key must be below this to get in.</summary>
    public readonly long Threshold
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _keys[_limit - 1];
    }

    /// <summary>A line before the first place holds the key that is before all; the last register may reach past the limit.</summary>
    public static int BytesFor(int limit) => 128 + (8 * ((limit + 7) & ~7));

    public void Reset(int limit)
    {
        _limit = limit;
        _places = (limit + 7) & ~7;
        _keys[-1] = DistanceKey.BeforeAll;
        new Span<long>(_keys, _places).Fill(DistanceKey.None);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Insert(long key)
    {
        var keys = _keys;
        if (Vector512.IsHardwareAccelerated)
        {
            var added = Vector512.Create(key);
            for (var at = _places - Vector512<long>.Count; ; at -= Vector512<long>.Count)
            {
                var (here, left) = (Vector512.Load(keys + at), Vector512.Load(keys + at - 1));
                Vector512.Max(left, Vector512.Min(here, added)).Store(keys + at);
                if (keys[at - 1] < key) return;
            }
        }
        var narrow = Vector256.Create(key);
        for (var at = _places - Vector256<long>.Count; ; at -= Vector256<long>.Count)
        {
            var (here, left) = (Vector256.Load(keys + at), Vector256.Load(keys + at - 1));
            Vector256.Max(left, Vector256.Min(here, narrow)).Store(keys + at);
            if (keys[at - 1] < key) return;
        }
    }

    /// <summary>The first place from <paramref name="from"/> on whose node has not been expanded; the limit when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int FirstUnexpanded(int from)
    {
        for (var at = from & ~3; at < _limit; at += Vector256<long>.Count)
        {
            var fresh = Vector256.Equals(Vector256.Load(_keys + at) & Vector256<long>.One, Vector256<long>.Zero);
            var bits = fresh.ExtractMostSignificantBits();
            if (bits != 0) return Math.Min(at + System.Numerics.BitOperations.TrailingZeroCount(bits), _limit);
        }
        return _limit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void MarkExpanded(int at) => _keys[at] |= DistanceKey.Expanded;

    /// <summary>Candidates in the pool.</summary>
    public readonly int Count()
    {
        var (low, high) = (0, _limit);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_keys[middle] == DistanceKey.None) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
