using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>A view got a name.</summary>
internal sealed record SnapshotCreatedEvent(string Name, long CreatedMicroseconds, View View)
{
    /// <summary>The last sequence that counts.</summary>
    public long Sequence => View.Last;

    public byte[] Encode()
    {
        using var writer = new ByteWriter(128);
        writer.String(Name);
        writer.Int64(CreatedMicroseconds);
        writer.Int64(Sequence);
        SnapshotEvents.WriteRanges(writer, View);
        return writer.ToArray();
    }

    public static SnapshotCreatedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (name, created, sequence) = (SnapshotEvents.ReadName(ref reader), reader.Int64(), reader.Int64());
        var view = SnapshotEvents.ReadRanges(ref reader);
        return reader.Failed || !reader.AtEnd || sequence != view.Last ? null : new SnapshotCreatedEvent(name, created, view);
    }
}

/// <summary>The name of a view was given up; what only it could see may be dropped.</summary>
internal sealed record SnapshotDroppedEvent(string Name)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(72);
        writer.String(Name);
        return writer.ToArray();
    }

    public static SnapshotDroppedEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var name = SnapshotEvents.ReadName(ref reader);
        return reader.Failed || !reader.AtEnd ? null : new SnapshotDroppedEvent(name);
    }
}

/// <summary>
/// What counts from this event on is <paramref name="Past"/>, this event and all after it. What counted before gets a
/// name of its own by the same event, so that a rollback can be undone by another.
/// </summary>
/// <param name="Name">The snapshot that was rolled back to.</param>
/// <param name="UndoName">The name that <paramref name="Previous"/> has from now on.</param>
/// <param name="CreatedMicroseconds">When it was done.</param>
/// <param name="Previous">What counted until now.</param>
/// <param name="Past">What counts of the past from now on.</param>
internal sealed record RolledBackEvent(string Name, string UndoName, long CreatedMicroseconds, View Previous, View Past)
{
    public byte[] Encode()
    {
        using var writer = new ByteWriter(256);
        writer.String(Name);
        writer.String(UndoName);
        writer.Int64(CreatedMicroseconds);
        SnapshotEvents.WriteRanges(writer, Previous);
        SnapshotEvents.WriteRanges(writer, Past);
        return writer.ToArray();
    }

    public static RolledBackEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (name, undo) = (SnapshotEvents.ReadName(ref reader), SnapshotEvents.ReadName(ref reader));
        var created = reader.Int64();
        var (previous, past) = (SnapshotEvents.ReadRanges(ref reader), SnapshotEvents.ReadRanges(ref reader));
        return reader.Failed || !reader.AtEnd ? null : new RolledBackEvent(name, undo, created, previous, past);
    }
}

/// <summary>What the events of snapshots have in common: names and ranges.</summary>
internal static class SnapshotEvents
{
    public const int MaxNameLength = 64;

    private const int RangeBytes = 16;

    /// <summary>Whether a text can name a snapshot: up to 64 letters, digits and <c>- _ .</c>, all ASCII.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is < 1 or > MaxNameLength) return false;
        foreach (var c in text) if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        return true;
    }

    public static string ReadName(ref ByteReader reader)
    {
        var name = reader.String();
        if (!IsName(name)) reader.Fail();
        return name;
    }

    public static void WriteRanges(ByteWriter writer, View view)
    {
        writer.VarInt(view.Ranges.Length);
        foreach (var (first, last) in view.Ranges)
        {
            writer.Int64(first);
            writer.Int64(last);
        }
    }

    /// <summary>A view counts the creation of its pool at least, so one without ranges is refused like any other nonsense.</summary>
    public static View ReadRanges(ref ByteReader reader)
    {
        var count = reader.VarInt();
        if (count < 1 || count > reader.Remaining / RangeBytes)
        {
            reader.Fail();
            return View.Of();
        }
        var ranges = new (long First, long Last)[count];
        var previous = 0L;
        foreach (ref var range in ranges.AsSpan())
        {
            range = (reader.Int64(), reader.Int64());
            if (range.First <= previous || range.Last < range.First)
            {
                reader.Fail();
                return View.Of();
            }
            previous = range.Last;
        }
        return View.Of(ranges);
    }
}
