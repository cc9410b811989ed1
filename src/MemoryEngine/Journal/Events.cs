using System.Security.Cryptography;
using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>The first event of a pool, with the 32 random bytes that will authenticate its transfer tokens.</summary>
internal sealed record PoolCreatedEvent(Guid PoolId, byte[] TokenKey, long CreatedMicroseconds)
{
    private const int TokenKeyBytes = 32;

    public static PoolCreatedEvent New(Guid poolId, long createdMicroseconds) =>
        new(poolId, RandomNumberGenerator.GetBytes(TokenKeyBytes), createdMicroseconds);

    public byte[] Encode()
    {
        using var writer = new ByteWriter(64);
        writer.Guid(PoolId);
        writer.Bytes(TokenKey);
        writer.Int64(CreatedMicroseconds);
        return writer.ToArray();
    }

    public static PoolCreatedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var created = new PoolCreatedEvent(reader.Guid(), reader.Bytes(TokenKeyBytes).ToArray(), reader.Int64());
        return reader.Failed || !reader.AtEnd ? null : created;
    }
}

/// <summary>A vector space got its id: the number by which records name it.</summary>
internal sealed record SpaceDeclaredEvent(int Id, VectorSpace Space)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(128);
        writer.UInt16((ushort)Id);
        writer.UInt16((ushort)Space.Dimension);
        writer.Byte((byte)Space.Metric);
        writer.String(Space.Name);
        writer.String(Space.EmbedderId);
        writer.String(Space.EmbedderRevision);
        writer.String(Space.Modality);
        return writer.ToArray();
    }

    public static SpaceDeclaredEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (id, dimension, metric) = (reader.UInt16(), reader.UInt16(), (Metric)reader.Byte());
        var space = new VectorSpace(reader.String(), dimension, metric, reader.String(), reader.String(), reader.String());
        var fits = dimension is >= Limits.MinDimension and <= Limits.MaxDimension && metric is >= Metric.Cosine and <= Metric.L2;
        return reader.Failed || !reader.AtEnd || !fits ? null : new SpaceDeclaredEvent(id, space);
    }
}

/// <summary>A record died (<see cref="EventType.Forgotten"/>) or was born again (<see cref="EventType.Restored"/>).</summary>
internal readonly record struct LifeEvent(long RecordId, Guid MemoryId)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(24);
        writer.Int64(RecordId);
        writer.Guid(MemoryId);
        return writer.ToArray();
    }

    public static LifeEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var life = new LifeEvent(reader.Int64(), reader.Guid());
        return reader.Failed || !reader.AtEnd ? null : life;
    }
}
