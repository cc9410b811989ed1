using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// The names, tag sets and preconditions that the rows of a segment use, numbered anew in the order of their first use.
/// Only those: what no row uses any more is in no segment that is written after it went.
/// </summary>
internal sealed class SegmentValues
{
    public LocalNumbers Names { get; } = new();

    public LocalNumbers TagSets { get; } = new();

    public LocalNumbers RequireSets { get; } = new();

    public void WriteTo(ByteWriter writer, RowTable table)
    {
        writer.VarInt(Names.InOrder.Count);
        foreach (var name in Names.InOrder) writer.String(table.Names[name]);
        writer.VarInt(TagSets.InOrder.Count);
        foreach (var set in TagSets.InOrder)
        {
            var tags = table.TagSets[set];
            writer.VarInt(tags.Length);
            foreach (var tag in tags) writer.String(tag);
        }
        writer.VarInt(RequireSets.InOrder.Count);
        foreach (var set in RequireSets.InOrder)
        {
            var requires = table.RequireSets[set];
            writer.VarInt(requires.Count);
            foreach (var (name, value) in requires.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                writer.String(name);
                writer.String(value);
            }
        }
    }

    /// <summary>Numbers of the table, and what they are in the segment.</summary>
    internal sealed class LocalNumbers
    {
        private readonly Dictionary<int, int> _local = [];

        public List<int> InOrder { get; } = [];

        public int Local(int number)
        {
            if (_local.TryGetValue(number, out var local)) return local;
            _local.Add(number, InOrder.Count);
            InOrder.Add(number);
            return InOrder.Count - 1;
        }
    }
}

/// <summary>A segment's values in the table: the number there of each number here.</summary>
internal sealed record LoadedValues(int[] Names, int[] TagSets, int[] RequireSets)
{
    /// <summary>Null when these are not the bytes of such values.</summary>
    public static LoadedValues? Read(ReadOnlySpan<byte> bytes, RowTable table)
    {
        var reader = new ByteReader(bytes);
        var names = Room(ref reader);
        for (var i = 0; i < names.Length && !reader.Failed; i++) names[i] = table.InternName(reader.String());
        var tagSets = Room(ref reader);
        for (var i = 0; i < tagSets.Length && !reader.Failed; i++)
        {
            var tags = new List<string>();
            for (var left = reader.VarInt(); left > 0 && !reader.Failed; left--) tags.Add(reader.String());
            tagSets[i] = table.InternTagSet(tags);
        }
        var requireSets = Room(ref reader);
        for (var i = 0; i < requireSets.Length && !reader.Failed; i++)
        {
            var requires = new List<(string Name, string Value)>();
            for (var left = reader.VarInt(); left > 0 && !reader.Failed; left--)
            {
                var (name, value) = (reader.String(), reader.String());
                if (requires.Count > 0 && string.CompareOrdinal(requires[^1].Name, name) >= 0) reader.Fail();
                else requires.Add((name, value));
            }
            requireSets[i] = table.InternRequireSet(requires);
        }
        return reader.Failed || !reader.AtEnd ? null : new LoadedValues(names, tagSets, requireSets);
    }

    /// <summary>The table's number for one that is stored; -1 for one that is not there.</summary>
    public static int Number(int[] numbers, ReadOnlySpan<byte> stored)
    {
        var local = BinaryPrimitives.ReadUInt32LittleEndian(stored);
        return local < numbers.Length ? numbers[local] : -1;
    }

    // A value takes a byte at least, so no count makes more room than the bytes are worth.
    private static int[] Room(ref ByteReader reader)
    {
        var count = reader.VarInt();
        if (count > reader.Remaining) reader.Fail();
        return reader.Failed ? [] : new int[count];
    }
}
