using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>A learned model and the space of the vectors that it makes of texts. Nobody declares it, and it has no name outside.</summary>
/// <param name="Model">The model.</param>
/// <param name="Entry">Its space: one of the two behind those that may be declared, which take turns.</param>
/// <param name="LearnedAt">How many memories were live when it was learned.</param>
internal sealed record LearnedSpace(LearnedVectors Model, SpaceEntry Entry, long LearnedAt)
{
    private const string EmbedderId = "memengine/learned";

    /// <summary>The model's file, once it is written.</summary>
    public LearnedInfo? File { get; init; }

    /// <param name="model">The model.</param>
    /// <param name="id">The id of its space.</param>
    /// <param name="learnedAt">How many memories were live when it was learned.</param>
    /// <param name="form">The model as bytes.</param>
    public static LearnedSpace Of(LearnedVectors model, int id, long learnedAt, ReadOnlySpan<byte> form)
    {
        // Zero is the revision of vectors that nobody derived.
        var revision = Math.Max(1, Crc32C.Compute(form));
        var space = new VectorSpace("", LearnedVectors.Dimension, Metric.Cosine, EmbedderId, $"{revision:x8}");
        return new LearnedSpace(model, new SpaceEntry(id, space) { Revision = revision }, learnedAt);
    }
}

/// <summary>A learned model as a manifest names it.</summary>
/// <param name="Number">Its file's number.</param>
/// <param name="Space">The id of its space.</param>
/// <param name="Revision">Which model it is.</param>
/// <param name="LearnedAt">How many memories were live when it was learned.</param>
internal sealed record LearnedInfo(int Number, int Space, uint Revision, long LearnedAt)
{
    public void WriteTo(ByteWriter writer)
    {
        writer.VarInt(Number);
        writer.VarInt(Space);
        writer.UInt32(Revision);
        writer.Int64(LearnedAt);
    }

    public static LearnedInfo Read(ref ByteReader reader)
    {
        var info = new LearnedInfo(reader.VarInt(), reader.VarInt(), reader.UInt32(), reader.Int64());
        if (info.Number < 1 || info.Space is < Limits.MaxSpaces or >= SpaceTable.Slots || info.LearnedAt < 0) reader.Fail();
        return info;
    }
}
