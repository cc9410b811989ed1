using System.Collections.Concurrent;
using MemoryEngine.Index;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>A declared vector space and its number.</summary>
internal sealed record SpaceEntry(int Id, VectorSpace Space)
{
    /// <summary>Whether the built-in embedder makes this space's vectors, so that they are not stored.</summary>
    public bool IsDerived => Space.EmbedderId == HashingEmbedder.Id;

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
        for (var id = 0; id < Count; id++) if (!this[id].IsDerived || Serving is null) yield return this[id];
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

    public void Declare(int id, VectorSpace space)
    {
        var entry = new SpaceEntry(id, space);
        _entries.Add(entry);
        _byName[space.Name] = entry;
    }
}
