using System.Buffers.Binary;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>
/// The bytes of a row in a segment: everything in <see cref="Row"/> that its birth decided. Where it lies in the journal is
/// found by reading that, what has happened to it since is in the manifest, and the version before it by its memory's id.
/// A row that holds nothing is zeros but for its birth, which keeps rows in order, and the mark that says so.
/// </summary>
internal static class SegmentRow
{
    public const int Bytes = 104;

    private const byte ErasedMark = 1;

    public static void Write(Span<byte> target, in Row row, int length, SegmentValues values, out bool isErased)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], row.Birth);
        // Looked at once: it may be erased while it is written.
        isErased = row.IsErased;
        if (isErased)
        {
            target[103] = ErasedMark;
            return;
        }
        row.MemoryId.TryWriteBytes(target, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128LittleEndian(target[16..], row.ContentHash);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], row.CreatedMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], row.ExpiresMicroseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(target[56..], row.TaskHash);
        BinaryPrimitives.WriteInt32LittleEndian(target[64..], row.Version);
        BinaryPrimitives.WriteInt32LittleEndian(target[68..], values.Names.Local(row.Domain));
        BinaryPrimitives.WriteInt32LittleEndian(target[72..], values.Names.Local(row.Model));
        BinaryPrimitives.WriteInt32LittleEndian(target[76..], values.Names.Local(row.Language));
        BinaryPrimitives.WriteInt32LittleEndian(target[80..], values.Names.Local(row.License));
        BinaryPrimitives.WriteInt32LittleEndian(target[84..], values.Names.Local(row.Contributor));
        BinaryPrimitives.WriteInt32LittleEndian(target[88..], values.TagSets.Local(row.Tags));
        BinaryPrimitives.WriteInt32LittleEndian(target[92..], values.RequireSets.Local(row.Requires));
        BinaryPrimitives.WriteInt32LittleEndian(target[96..], length);
        target[100] = (byte)row.Level;
        target[101] = (byte)row.Format;
        target[102] = (byte)row.Result;
    }

    /// <summary>Files a row; false when these are not the bytes of one that is born after the row before it.</summary>
    public static bool TryFile(ReadOnlySpan<byte> source, LoadedValues values, RowTable table)
    {
        var birth = BinaryPrimitives.ReadInt64LittleEndian(source[32..]);
        if (birth < (table.RowCount == 0 ? 1 : table.Rows[table.RowCount - 1].Birth)) return false;
        if (source[103] == ErasedMark)
        {
            if (source[..32].ContainsAnyExcept((byte)0) || source[40..103].ContainsAnyExcept((byte)0)) return false;
            table.AddErased(birth, 1);
            return true;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(source[96..]);
        var row = new Row
        {
            MemoryId = new Guid(source[..16], bigEndian: true),
            ContentHash = BinaryPrimitives.ReadUInt128LittleEndian(source[16..]),
            Birth = birth,
            CreatedMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            ExpiresMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            TaskHash = BinaryPrimitives.ReadUInt64LittleEndian(source[56..]),
            Version = BinaryPrimitives.ReadInt32LittleEndian(source[64..]),
            Domain = LoadedValues.Number(values.Names, source[68..]),
            Model = LoadedValues.Number(values.Names, source[72..]),
            Language = LoadedValues.Number(values.Names, source[76..]),
            License = LoadedValues.Number(values.Names, source[80..]),
            Contributor = LoadedValues.Number(values.Names, source[84..]),
            Tags = LoadedValues.Number(values.TagSets, source[88..]),
            Requires = LoadedValues.Number(values.RequireSets, source[92..]),
            Level = (MemoryLevel)source[100],
            Format = (MemoryFormat)source[101],
            Result = (TaskResult)source[102],
        };
        if (!IsSound(row) || length < 0 || source[103] != 0) return false;
        table.AddKept(row, length);
        return true;
    }

    private static bool IsSound(in Row row) =>
        row.Version >= 1
        && row.Level is >= MemoryLevel.Trace and <= MemoryLevel.Strategy
        && row.Format is >= MemoryFormat.Trajectory and <= MemoryFormat.Insight
        && row.Result <= TaskResult.Fail
        && RecordCodec.IsTime(row.CreatedMicroseconds) && RecordCodec.IsTime(row.ExpiresMicroseconds)
        && row is { Domain: >= 0, Model: >= 0, Language: >= 0, License: >= 0, Contributor: >= 0, Tags: >= 0, Requires: >= 0 };
}
