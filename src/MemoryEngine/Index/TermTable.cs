namespace MemoryEngine.Index;

/// <summary>
/// The posting list of each term, by the term's hash. One writer; readers take no locks: a place is filled once, its list
/// last, and a table that grows is another one.
/// </summary>
internal sealed class TermTable
{
    // Chunks of 64 KiB: one array of millions of places would be a large object, and each growth would leave its hole.
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private Slot[][] _chunks = [new Slot[ChunkSize]];

    public int Count { get; private set; }

    public PostingList? Find(ulong term)
    {
        var chunks = Volatile.Read(ref _chunks);
        for (var at = Home(term, chunks); ; at = Next(at, chunks))
        {
            ref var slot = ref chunks[at >> ChunkBits][at & (ChunkSize - 1)];
            var list = Volatile.Read(ref slot.List);
            if (list is null || slot.Term == term) return list;
        }
    }

    /// <summary>Adds a term that is not there yet.</summary>
    public void Add(ulong term, PostingList list)
    {
        // Two thirds full at most, so that a search ends soon.
        if ((Count + 1) * 3L > ((long)_chunks.Length << ChunkBits) * 2L) Grow();
        Place(_chunks, term, list);
        Count++;
    }

    /// <summary>All terms and their lists, in no order; for the writer.</summary>
    public IEnumerable<(ulong Term, PostingList List)> All()
    {
        foreach (var chunk in _chunks)
            foreach (var slot in chunk) if (slot.List is { } list) yield return (slot.Term, list);
    }

    // The number of chunks is a power of two.
    private static int Home(ulong term, Slot[][] chunks) =>
        (int)((term * 0x9E37_79B9_7F4A_7C15) >> (64 - ChunkBits - System.Numerics.BitOperations.Log2((uint)chunks.Length)));

    private static int Next(int at, Slot[][] chunks) => (at + 1) & ((chunks.Length << ChunkBits) - 1);

    private static void Place(Slot[][] chunks, ulong term, PostingList list)
    {
        var at = Home(term, chunks);
        while (chunks[at >> ChunkBits][at & (ChunkSize - 1)].List is not null) at = Next(at, chunks);
        ref var slot = ref chunks[at >> ChunkBits][at & (ChunkSize - 1)];
        slot.Term = term;
        Volatile.Write(ref slot.List, list);
    }

    private void Grow()
    {
        var grown = new Slot[_chunks.Length * 2][];
        for (var i = 0; i < grown.Length; i++) grown[i] = new Slot[ChunkSize];
        foreach (var (term, list) in All()) Place(grown, term, list);
        Volatile.Write(ref _chunks, grown);
    }

    private struct Slot
    {
        public ulong Term;
        public PostingList? List;
    }
}
