using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>All versions of a memory are gone, from every view and for ever.</summary>
internal readonly record struct PurgedEvent(Guid MemoryId)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(16);
        writer.Guid(MemoryId);
        return writer.ToArray();
    }

    public static PurgedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var purged = new PurgedEvent(reader.Guid());
        return reader.Failed || !reader.AtEnd ? null : purged;
    }
}

/// <summary>
/// What stands in a rewritten file for events that were dropped. Sequences and record ids stay dense: the event counts
/// for those it stands for, and the records among them, if any, hold nothing.
/// </summary>
/// <param name="Sequences">How many events it stands for; the first has the frame's own sequence.</param>
/// <param name="FirstRecordId">The first record born among them, 0 when there is none.</param>
/// <param name="Records">How many records were born among them; their ids follow each other.</param>
internal readonly record struct DroppedEvent(int Sequences, long FirstRecordId, int Records)
{
    /// <summary>More are told by several events, so that a few bytes never stand for more than a reader can hold.</summary>
    public const int MostSequences = 1 << 20;

    public byte[] Encode()
    {
        using var writer = new ByteWriter(32);
        writer.VarInt(Sequences);
        writer.Int64(FirstRecordId);
        writer.VarInt(Records);
        return writer.ToArray();
    }

    public static DroppedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var dropped = new DroppedEvent(reader.VarInt(), reader.Int64(), reader.VarInt());
        return reader.Failed || !reader.AtEnd || !dropped.IsSound() ? null : dropped;
    }

    /// <summary>One event for this one and the one that follows it; false when they do not fit together.</summary>
    public bool TryJoin(in DroppedEvent next, out DroppedEvent joined)
    {
        joined = new DroppedEvent(
            unchecked(Sequences + next.Sequences), Records == 0 ? next.FirstRecordId : FirstRecordId, Records + next.Records);
        return joined.IsSound() && (Records == 0 || next.Records == 0 || next.FirstRecordId == FirstRecordId + Records);
    }

    /// <summary>Whether a writer could have made it: an event bears one record at most.</summary>
    public bool IsSound() =>
        Sequences is >= 1 and <= MostSequences
        && Records <= Sequences
        && (Records == 0 ? FirstRecordId == 0 : FirstRecordId >= 1 && FirstRecordId <= long.MaxValue - Records);
}
