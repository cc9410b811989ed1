using System.Collections.Concurrent;
using MemoryEngine.Index;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>A declared vector space and its number.</summary>
internal sealed record SpaceEntry(int Id, VectorSpace Space)
{
    /// <summary>Whether the built-in embedder makes this space's vectors, so that they are not stored.</summary>
    public bool IsDerived => Space.EmbedderId == HashingEmbedder.Id;

    /// <summary>Whether its vectors were given up.</summary>
    public bool IsDropped => SpaceNames.IsDropped(Space.Name);

    /// <summary>Of what makes its vectors of the text; 0 for vectors that are given.</summary>
    public uint Revision { get; init; } = Space.EmbedderId == HashingEmbedder.Id ? HashingEmbedder.StoredRevision : 0;
}

/// <summary>The vector spaces of a pool. One writer; readers take no locks.</summary>
internal sealed class SpaceTable
{
    private readonly AppendOnlyList<SpaceEntry> _entries = new();
    private readonly ConcurrentDictionary<string, SpaceEntry> _byName = new(StringComparer.Ordinal);

    /// <summary>How many ids there are: those that may be declared, and two for what is learned.</summary>
    public const int Slots = Limits.MaxSpaces + 2;

    private LearnedSpace? _serving;
    private LearnedSpace? _growing;

    public int Count => _entries.Count;

    /// <summary>What was learned, once all rows have its vectors: it takes the hashing embedder's place.</summary>
    public LearnedSpace? Serving
    {
        get => Volatile.Read(ref _serving);
        set => Volatile.Write(ref _serving, value);
    }

    /// <summary>What was learned and is to serve next: new rows get its vectors, older ones are being given theirs.</summary>
    public LearnedSpace? Growing
    {
        get => Volatile.Read(ref _growing);
        set => Volatile.Write(ref _growing, value);
    }

    /// <summary>The id that the next learned space gets.</summary>
    public int NextLearned => Serving is { Entry.Id: Limits.MaxSpaces } ? Limits.MaxSpaces + 1 : Limits.MaxSpaces;

    /// <summary>The space whose vectors the built-in embedder makes of new texts, or -1: what is learned does it better.</summary>
    public int HashedSpace => Serving is null ? DerivedSpace : -1;

    /// <summary>The spaces in which rows have vectors, in the order of their ids.</summary>
    public IEnumerable<SpaceEntry> InUse()
    {
        for (var id = 0; id < Count; id++)
            if (!this[id].IsDropped && (!this[id].IsDerived || Serving is null)) yield return this[id];
        var learned = new[] { Serving, Growing }.OfType<LearnedSpace>().OrderBy(l => l.Entry.Id);
        foreach (var space in learned) yield return space.Entry;
    }

    /// <summary>A space by its id, declared or learned; null when there is none.</summary>
    public SpaceEntry? Find(int id) =>
        id < Count ? this[id] : Serving?.Entry is { } serving && serving.Id == id ? serving
        : Growing?.Entry is { } growing && growing.Id == id ? growing : null;

    public SpaceEntry this[int id] => _entries[id];

    /// <summary>The space whose vectors are made of the text, or -1.</summary>
    public int DerivedSpace => _byName.TryGetValue(VectorSpace.TextSpace, out var entry) && entry.IsDerived ? entry.Id : -1;

    /// <summary>The space of the texts; null when there is none.</summary>
    public SpaceEntry? Text => Find(VectorSpace.TextSpace);

    /// <summary>The spaces that are to take the place of the texts' one, or once had it.</summary>
    public IEnumerable<SpaceEntry> Waiting()
    {
        for (var id = 0; id < Count; id++) if (SpaceNames.IsWaiting(this[id].Space.Name)) yield return this[id];
    }

    /// <summary>A space that callers may name.</summary>
    public SpaceEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Whether every vector of a record belongs to a declared space whose vectors are stored, has its dimension and is the
    /// only one in it.
    /// </summary>
    public bool Fit(RecordReader record)
    {
        ulong seen = 0;
        foreach (var field in record)
        {
            if (field.Field is not (RecordField.Vector or RecordField.MadeVector)) continue;
            var space = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(field.Value);
            if (space >= Count || this[space].IsDerived) return false;
            if (field.Value.Length != sizeof(ushort) + (this[space].Space.Dimension * sizeof(float))) return false;
            // Limits.MaxSpaces of them fit into the bits.
            var bit = 1UL << space;
            if ((seen & bit) != 0) return false;
            seen |= bit;
        }
        return true;
    }

    /// <summary>Whether a vector may be stored in a space.</summary>
    public bool Fit(int space, int dimension) => space < Count && !this[space].IsDerived && this[space].Space.Dimension == dimension;

    /// <summary>Whether a space waits, and so may be chosen for the texts, or be given up. The texts' own may be chosen again.</summary>
    public bool CanChange(int space, bool drop) =>
        space < Count && (SpaceNames.IsWaiting(this[space].Space.Name) || (!drop && this[space] == Text));

    public void Declare(int id, VectorSpace space)
    {
        var entry = new SpaceEntry(id, space);
        _entries.Add(entry);
        if (SpaceNames.IsPublic(space.Name)) _byName[space.Name] = entry;
    }

    /// <summary>
    /// Makes a space that of the texts. The one before waits from then on; where its vectors were made of the texts, it and what
    /// was learned are given up.
    /// </summary>
    /// <returns>The ids of the spaces that are given up, whose vectors are to be let go of.</returns>
    public IReadOnlyList<int> Choose(int id)
    {
        var dropped = new List<int>();
        if (Text is { } before && before.Id != id)
        {
            Rename(before.Id, before.IsDerived ? SpaceNames.Dropped(before.Id) : SpaceNames.Waiting(before.Id));
            if (before.IsDerived) dropped.Add(before.Id);
            if (Serving is { } learned)
            {
                dropped.Add(learned.Entry.Id);
                Serving = null;
            }
        }
        Rename(id, VectorSpace.TextSpace);
        _byName[VectorSpace.TextSpace] = this[id];
        return dropped;
    }

    /// <summary>Gives up a space that is not the one of the texts. Its vectors are to be let go of.</summary>
    /// <returns>Its id.</returns>
    public IReadOnlyList<int> Drop(int id)
    {
        Rename(id, SpaceNames.Dropped(id));
        return [id];
    }

    private void Rename(int id, string name)
    {
        ref var entry = ref _entries[id];
        Volatile.Write(ref entry, entry with { Space = entry.Space with { Name = name } });
    }
}
