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
    public uint Revision => IsDerived ? HashingEmbedder.StoredRevision : 0;
}

/// <summary>The vector spaces of a pool. One writer; readers take no locks.</summary>
internal sealed class SpaceTable
{
    private readonly AppendOnlyList<SpaceEntry> _entries = new();
    private readonly ConcurrentDictionary<string, SpaceEntry> _byName = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

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
