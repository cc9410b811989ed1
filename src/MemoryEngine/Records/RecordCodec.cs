using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>The fields of an encoded record; a record lists them in ascending order. Stored; values only grow.</summary>
[Stored]
internal enum RecordField : byte
{
    Domain = 1,
    Task = 2,
    Title = 3,
    Key = 4,
    Text = 5,
    Model = 6,
    Contributor = 7,
    Source = 8,
    License = 9,
    Tag = 10,
    Requires = 11,
    Vector = 12,
    Extra = 13,
    IdempotencyKey = 14,

    /// <summary>A vector that the pool's embedder made; like <see cref="Vector"/>, but not part of the content.</summary>
    MadeVector = 15,
}

/// <summary>What is decided when a record is committed: its place in the pool. It stands at fixed offsets, to be filled in last.</summary>
internal readonly record struct RecordPlace(long RecordId, long Supersedes, int Version, Guid MemoryId, long CreatedMicroseconds);

/// <summary>
/// The bytes of one version of one memory, the same in the journal and in the record log; docs/format.md says the same
/// in words. A fixed head, then fields. The content hash covers what a caller chose and nothing else, so that equal
/// content is recognised whenever it comes again.
/// </summary>
internal static class RecordCodec
{
    public const byte Version = 1;
    public const int HeadBytes = 80;
    public const int HashBytes = 16;

    /// <summary>Encodes a draft whose limits have been checked. <see cref="Place"/> fills in the rest.</summary>
    /// <param name="draft">The content.</param>
    /// <param name="spaceIds">The ids of the spaces of <see cref="MemoryDraft.Vectors"/>.</param>
    /// <param name="made">A vector that the pool's embedder made, or null.</param>
    /// <param name="madeSpace">The id of its space.</param>
    /// <param name="writer">Gets the bytes.</param>
    public static void Encode(
        MemoryDraft draft, Func<string, int> spaceIds, ReadOnlyMemory<float>? made, int madeSpace, ByteWriter writer)
    {
        var start = writer.Length;
        writer.Claim(HeadBytes).Clear();
        String(writer, RecordField.Domain, draft.Domain);
        String(writer, RecordField.Task, draft.Task);
        String(writer, RecordField.Title, draft.Title);
        String(writer, RecordField.Key, draft.Key);
        writer.Byte((byte)RecordField.Text);
        writer.String(draft.Text);
        String(writer, RecordField.Model, draft.Model);
        String(writer, RecordField.Contributor, draft.Contributor);
        String(writer, RecordField.Source, draft.Source);
        String(writer, RecordField.License, draft.License);
        foreach (var tag in Canonical(draft.Tags)) String(writer, RecordField.Tag, tag);
        foreach (var (name, value) in draft.Requires.OrderBy(r => r.Key, StringComparer.Ordinal)) Pair(writer, name, value);
        foreach (var (space, vector) in draft.Vectors.OrderBy(v => v.Key, StringComparer.Ordinal))
            Vector(writer, RecordField.Vector, spaceIds(space), vector.Span);
        String(writer, RecordField.Extra, draft.Extra);

        var head = writer.Written[start..];
        head[0] = Version;
        head[1] = (byte)draft.Level;
        head[2] = (byte)draft.Format;
        head[3] = (byte)draft.Result;
        // Zero says never: a memory that expires in the very moment of the epoch does so a microsecond later.
        var expires = Microseconds(draft.ExpiresAt);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], expires == 0 && draft.ExpiresAt is not null ? 1 : expires);
        // The hash sees level, format, result, expiry and fields, but neither place, idempotency key nor what an embedder made.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(head, digest);
        digest[..HashBytes].CopyTo(head[56..]);
        String(writer, RecordField.IdempotencyKey, draft.IdempotencyKey);
        if (made is { } vectorMade)
            Vector(writer, RecordField.MadeVector, madeSpace, vectorMade.Span);
    }

    public static void Place(Span<byte> record, in RecordPlace place)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], place.Version);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], place.RecordId);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], place.Supersedes);
        place.MemoryId.TryWriteBytes(record[24..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], place.CreatedMicroseconds);
    }

    public static UInt128 ContentHash(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt128LittleEndian(record[56..]);

    /// <summary>Microseconds since 1970, 0 for none.</summary>
    public static long Microseconds(DateTimeOffset? time) =>
        time is { } t ? (t.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : 0;

    /// <summary>Whether <see cref="Time"/> can say it: from year 1 to year 9999.</summary>
    public static bool IsTime(long microseconds) =>
        microseconds >= -DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond
        && microseconds <= (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>Tags in ordinal order, each once.</summary>
    public static IEnumerable<string> Canonical(IReadOnlyList<string> tags) =>
        tags.Count < 2 ? tags : tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static void String(ByteWriter writer, RecordField field, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        writer.Byte((byte)field);
        writer.String(value);
    }

    private static void Pair(ByteWriter writer, string name, string value)
    {
        using var pair = new ByteWriter(64);
        pair.String(name);
        pair.Utf8(value);
        writer.Byte((byte)RecordField.Requires);
        writer.Block(pair.Written);
    }

    private static void Vector(ByteWriter writer, RecordField field, int spaceId, ReadOnlySpan<float> vector)
    {
        writer.Byte((byte)field);
        writer.VarInt(sizeof(ushort) + (vector.Length * sizeof(float)));
        writer.UInt16((ushort)spaceId);
        var target = writer.Claim(vector.Length * sizeof(float));
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(vector).CopyTo(target);
        else for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(target[(i * 4)..], vector[i]);
    }
}
