namespace MemoryEngine.Index;

/// <summary>
/// The posting list of each term, by the term's hash. One writer; readers take no locks: a place is filled once, its list
/// last, and a table that grows is another one.
/// </summary>
internal sealed class TermTable
{
    private const int FirstSize = 1024;
    private Slot[] _slots = new Slot[FirstSize];

    public int Count { get; private set; }

    public PostingList? Find(ulong term)
    {
        var slots = Volatile.Read(ref _slots);
        for (var at = Home(term, slots.Length); ; at = (at + 1) & (slots.Length - 1))
        {
            var list = Volatile.Read(ref slots[at].List);
            if (list is null || slots[at].Term == term) return list;
        }
    }

    /// <summary>Adds a term that is not there yet.</summary>
    public void Add(ulong term, PostingList list)
    {
        // Two thirds full at most, so that a search ends soon.
        if ((Count + 1) * 3L > _slots.Length * 2L) Grow();
        Place(_slots, term, list);
        Count++;
    }

    /// <summary>All terms and their lists, in no order; for the writer.</summary>
    public IEnumerable<(ulong Term, PostingList List)> All()
    {
        foreach (var slot in _slots) if (slot.List is { } list) yield return (slot.Term, list);
    }

    private static int Home(ulong term, int size) =>
        (int)((term * 0x9E37_79B9_7F4A_7C15) >> (64 - System.Numerics.BitOperations.Log2((uint)size)));

    private static void Place(Slot[] slots, ulong term, PostingList list)
    {
        var at = Home(term, slots.Length);
        while (slots[at].List is not null) at = (at + 1) & (slots.Length - 1);
        slots[at].Term = term;
        Volatile.Write(ref slots[at].List, list);
    }

    private void Grow()
    {
        var grown = new Slot[_slots.Length * 2];
        foreach (var (term, list) in All()) Place(grown, term, list);
        Volatile.Write(ref _slots, grown);
    }

    private struct Slot
    {
        public ulong Term;
        public PostingList? List;
    }
}
