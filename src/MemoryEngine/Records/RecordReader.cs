using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// Walks an encoded record, strictly: <see cref="TryOpen"/> checks all of it before any field is handed out, so that
/// the fields need no further checks.
/// </summary>
internal readonly ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _record;

    private RecordReader(ReadOnlySpan<byte> record) => _record = record;

    public MemoryLevel Level => (MemoryLevel)_record[1];

    public MemoryFormat Format => (MemoryFormat)_record[2];

    public TaskResult Result => (TaskResult)_record[3];

    public RecordPlace Place => new(
        BinaryPrimitives.ReadInt64LittleEndian(_record[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(_record[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(_record[4..]),
        new Guid(_record.Slice(24, 16), bigEndian: true),
        BinaryPrimitives.ReadInt64LittleEndian(_record[40..]));

    public long ExpiresMicroseconds => BinaryPrimitives.ReadInt64LittleEndian(_record[48..]);

    public UInt128 ContentHash => RecordCodec.ContentHash(_record);

    /// <summary>Opens a record; false, with the reason, when any byte of it is not as the format says.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> record, out RecordReader reader, out string problem)
    {
        reader = new RecordReader(record);
        problem = Problem(record) ?? "";
        return problem.Length == 0;
    }

    public Enumerator GetEnumerator() => new(_record);

    /// <summary>The name and value of a <see cref="RecordField.Requires"/> field.</summary>
    public static (string Name, string Value) Pair(ReadOnlySpan<byte> field)
    {
        var reader = new ByteReader(field);
        var name = reader.String();
        return (name, reader.Decode(reader.Bytes(reader.Remaining)));
    }

    /// <summary>The space and the floats of a <see cref="RecordField.Vector"/> field.</summary>
    public static (int Space, float[] Vector) Vector(ReadOnlySpan<byte> field)
    {
        var vector = new float[(field.Length - sizeof(ushort)) / sizeof(float)];
        var bytes = field[sizeof(ushort)..];
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        else for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
        return (BinaryPrimitives.ReadUInt16LittleEndian(field), vector);
    }

    private static string? Problem(ReadOnlySpan<byte> record)
    {
        if (record.Length < RecordCodec.HeadBytes) return $"it is {record.Length} bytes short of a head";
        if (record[0] != RecordCodec.Version) return $"its version is {record[0]}, not {RecordCodec.Version}";
        if (record[1] is < (byte)MemoryLevel.Trace or > (byte)MemoryLevel.Strategy) return $"level {record[1]} does not exist";
        if (record[2] is < (byte)MemoryFormat.Trajectory or > (byte)MemoryFormat.Insight) return $"format {record[2]} does not exist";
        if (record[3] > (byte)TaskResult.Fail) return $"result {record[3]} does not exist";
        if (!RecordCodec.IsTime(BinaryPrimitives.ReadInt64LittleEndian(record[40..]))) return "its creation lies outside of all years";
        if (!RecordCodec.IsTime(BinaryPrimitives.ReadInt64LittleEndian(record[48..]))) return "its expiry lies outside of all years";
        if (record[72..RecordCodec.HeadBytes].ContainsAnyExcept((byte)0)) return "the end of its head is not zero";
        var reader = new ByteReader(record);
        _ = reader.Bytes(RecordCodec.HeadBytes);
        var (previous, hasText) = (0, false);
        string? required = null;
        while (!reader.AtEnd && !reader.Failed)
        {
            var at = reader.Position;
            var field = reader.Byte();
            var repeats = field is (byte)RecordField.Tag or (byte)RecordField.Requires or (byte)RecordField.Vector;
            if (field < previous || (field == previous && !repeats)) return $"field {field} at byte {at} is out of order";
            if (field is 0 or > (byte)RecordField.MadeVector) return $"field {field} at byte {at} is not known";
            var value = reader.Block();
            if (!reader.Failed && !FieldChecksOut((RecordField)field, value)) return $"field {field} at byte {at} is malformed";
            if (!reader.Failed && field == (byte)RecordField.Requires)
            {
                var name = Pair(value).Name;
                if (required is not null && string.CompareOrdinal(required, name) >= 0) return $"precondition at byte {at} is out of order";
                required = name;
            }
            (previous, hasText) = (field, hasText || field == (byte)RecordField.Text);
        }
        if (reader.Failed) return "a field runs past its end";
        return hasText ? null : "it has no text";
    }

    private static bool FieldChecksOut(RecordField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case RecordField.Vector or RecordField.MadeVector:
                return value.Length >= sizeof(ushort) && (value.Length - sizeof(ushort)) % sizeof(float) == 0;
            case RecordField.Requires:
                var pair = new ByteReader(value);
                var name = pair.Block();
                var rest = pair.Bytes(pair.Remaining);
                return !pair.Failed && IsUtf8(name) && IsUtf8(rest);
            default:
                return IsUtf8(value);
        }
    }

    private static bool IsUtf8(ReadOnlySpan<byte> value) => System.Text.Unicode.Utf8.IsValid(value);

    /// <summary>The fields of a checked record.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> record)
    {
        private readonly ReadOnlySpan<byte> _record = record;
        private int _position = RecordCodec.HeadBytes;

        public RecordField Field { get; private set; }

        public ReadOnlySpan<byte> Value { get; private set; }

        public readonly Enumerator Current => this;

        public bool MoveNext()
        {
            var reader = new ByteReader(_record[_position..]);
            if (reader.AtEnd) return false;
            Field = (RecordField)reader.Byte();
            Value = reader.Block();
            _position += reader.Position;
            return true;
        }
    }
}
