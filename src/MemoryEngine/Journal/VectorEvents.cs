using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>A version got a vector in a space after it was born.</summary>
/// <param name="RecordId">The version.</param>
/// <param name="Space">The space's id.</param>
/// <param name="Vector">As the embedder made it.</param>
internal readonly record struct VectorAddedEvent(long RecordId, int Space, ReadOnlyMemory<float> Vector)
{
    private const int HeadBytes = sizeof(long) + sizeof(ushort);

    /// <summary>The payload's length.</summary>
    public static int BytesFor(int dimension) => HeadBytes + (dimension * sizeof(float));

    /// <summary>The version that an event is about, of a payload that is long enough; otherwise 0.</summary>
    public static long RecordIdOf(ReadOnlySpan<byte> payload) =>
        payload.Length < HeadBytes ? 0 : BinaryPrimitives.ReadInt64LittleEndian(payload);

    /// <summary>The space that an event is about, of a payload that is long enough; otherwise -1.</summary>
    public static int SpaceOf(ReadOnlySpan<byte> payload) =>
        payload.Length < HeadBytes ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(payload[sizeof(long)..]);

    public byte[] Encode()
    {
        var payload = new byte[BytesFor(Vector.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, RecordId);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(sizeof(long)), (ushort)Space);
        var target = payload.AsSpan(HeadBytes);
        var vector = Vector.Span;
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(vector).CopyTo(target);
        else for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(target[(i * sizeof(float))..], vector[i]);
        return payload;
    }

    public static VectorAddedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var floats = payload.Length - HeadBytes;
        if (floats is < Limits.MinDimension * sizeof(float) or > Limits.MaxDimension * sizeof(float) || floats % sizeof(float) != 0) return null;
        var added = new VectorAddedEvent(RecordIdOf(payload), SpaceOf(payload), Floats(payload[HeadBytes..]));
        return added.RecordId < 1 || added.Space >= Limits.MaxSpaces ? null : added;
    }

    private static float[] Floats(ReadOnlySpan<byte> bytes)
    {
        var vector = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        else for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        return vector;
    }
}

/// <summary>
/// What became of a space: chosen for the texts (<see cref="EventType.TextSpaceChosen"/>), or given up
/// (<see cref="EventType.SpaceDropped"/>).
/// </summary>
internal readonly record struct SpaceEvent(int Space)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(sizeof(ushort));
        writer.UInt16((ushort)Space);
        return writer.ToArray();
    }

    public static SpaceEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var space = new SpaceEvent(reader.UInt16());
        return reader.Failed || !reader.AtEnd || space.Space >= Limits.MaxSpaces ? null : space;
    }
}
