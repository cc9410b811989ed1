using System.Runtime.InteropServices;

namespace MemoryEngine.Segments;

/// <summary>
/// Finds the row of a memory's newest version by its id: open addressing with linear probing. A slot of eight bytes holds the row
/// and half of the id's hash; the id itself stands in the row. One writer; readers take no locks.
/// </summary>
internal sealed class NewestRows(Index.AppendOnlyList<Row> rows)
{
    private const int LeastBits = 10;
    private const uint Removed = uint.MaxValue;

    // Ids are the callers' to choose: nobody is to know which of them meet.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();
    private static readonly ulong OtherSeed = (ulong)Random.Shared.NextInt64();

    // The upper half of a slot is the hash, the lower one the row and one, Removed, or 0 where it is empty.
    private ulong[] _slots = new ulong[1 << LeastBits];
    private int _taken;

    /// <summary>The row of an id's newest version, or -1.</summary>
    public int Find(Guid id)
    {
        _ = SlotOf(Volatile.Read(ref _slots), id, HashOf(id), out var slot);
        return RowIn(slot);
    }

    /// <summary>Takes a row, which is filed, for the newest of its memory; returns the one that was, or -1.</summary>
    public int Set(Guid id, int row)
    {
        if (_taken >= _slots.Length / 2) Grow(_slots.Length * 2);
        var hash = HashOf(id);
        var at = SlotOf(_slots, id, hash, out var before);
        if (before == 0) _taken++;
        Volatile.Write(ref _slots[at], ((ulong)hash << 32) | (uint)(row + 1));
        return RowIn(before);
    }

    /// <summary>Forgets an id.</summary>
    public void Remove(Guid id)
    {
        var at = SlotOf(_slots, id, HashOf(id), out var slot);
        // What lies behind it must stay within reach, so the slot is empty only once the table grows.
        if (slot != 0) Volatile.Write(ref _slots[at], slot | Removed);
    }

    /// <summary>Takes the rows from one on, which are filed, and says in each which one was the newest of its memory before.</summary>
    public unsafe void SetFrom(int first)
    {
        // Every slot lies elsewhere: each is asked for a while before it is needed.
        const int Ahead = 16;
        var count = rows.Count;
        Reserve(count - first);
        fixed (ulong* slots = _slots)
            for (var row = first; row < count; row++)
            {
                if (row + Ahead < count && !rows[row + Ahead].IsErased)
                    Index.Prefetch.Range((byte*)(slots + HomeOf(_slots, HashOf(rows[row + Ahead].MemoryId))), 1);
                ref var newest = ref rows[row];
                if (!newest.IsErased) newest.Previous = Set(newest.MemoryId, row);
            }
    }

    /// <summary>Makes room for so many more ids.</summary>
    public void Reserve(int ids)
    {
        var slots = System.Numerics.BitOperations.RoundUpToPowerOf2(2 * ((ulong)_taken + (ulong)ids));
        if (slots > (ulong)_slots.Length) Grow((int)Math.Min(slots, 1UL << 30));
    }

    // Where an id is, or the empty slot where its probing ends. A reader goes by what was found there, not by what comes after.
    private int SlotOf(ulong[] slots, Guid id, uint hash, out ulong slot)
    {
        var mask = slots.Length - 1;
        for (var at = HomeOf(slots, hash); ; at = (at + 1) & mask)
        {
            slot = Volatile.Read(ref slots[at]);
            if (slot == 0 || ((uint)(slot >> 32) == hash && RowIn(slot) is var row and >= 0 && rows[row].MemoryId == id)) return at;
        }
    }

    private void Grow(int length)
    {
        var grown = new ulong[length];
        _taken = 0;
        foreach (var slot in _slots)
        {
            if (RowIn(slot) < 0) continue;
            var at = HomeOf(grown, (uint)(slot >> 32));
            while (grown[at] != 0) at = (at + 1) & (length - 1);
            grown[at] = slot;
            _taken++;
        }
        Volatile.Write(ref _slots, grown);
    }

    private static int RowIn(ulong slot) => (uint)slot is 0 or Removed ? -1 : (int)((uint)slot - 1);

    // The hash's highest bits: so growing goes through both tables from front to back.
    private static int HomeOf(ulong[] slots, uint hash) => (int)((ulong)hash * (ulong)slots.Length >> 32);

    private static uint HashOf(Guid id)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in id));
        var high = Math.BigMul(halves[0] ^ Seed, halves[1] ^ OtherSeed, out var low);
        return (uint)((high ^ low) >> 32);
    }
}
