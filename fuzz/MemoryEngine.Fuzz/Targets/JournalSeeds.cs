using System.Buffers.Binary;
using MemoryEngine.Index;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>Journals as the engine writes them, and with each kind of damage.</summary>
internal static class JournalSeeds
{
    private const long CreatedMicroseconds = 1_760_000_000_000_000;
    private static readonly Guid PoolId = new("01900000-0000-7000-8000-000000000001");
    private static readonly Guid First = new("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Second = new("01900000-0000-7000-8000-00000000000b");

    public static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        var open = Image(close: false, roll: false);
        var closed = Image(close: true, roll: false);
        var two = Image(close: true, roll: true);
        var second = two.AsSpan(8).IndexOf("MEMJRNL\n"u8) + 8;
        yield return ("empty", []);
        yield return ("one-byte", [0x4D]);
        yield return ("header-only", open[..JournalFormat.HeaderBytes]);
        yield return ("header-short", open[..100]);
        yield return ("open", open);
        yield return ("open-with-zeros", [.. open, .. new byte[600]]);
        yield return ("closed", closed);
        yield return ("two-files", two);
        yield return ("sealed-without-next", two[..second]);
        yield return ("next-unused", two[..(second + JournalFormat.HeaderBytes)]);
        yield return ("spare", [.. open, .. two.AsSpan(second, JournalFormat.HeaderBytes)]);
        yield return ("second-of-other-pool", [.. two[..second], .. Change(two[second..], b => b[45] ^= 1)]);
        yield return ("file-number-wrong", Change(open, b => b[12] = 9));
        yield return ("torn-by-one", open[..^1]);
        yield return ("torn-in-half", open[..^60]);
        yield return ("torn-to-zeros", [.. open[..^60], .. new byte[60]]);
        yield return ("flipped-in-last", Damage(open, open.Length - 20));
        yield return ("flipped-in-middle", Damage(open, JournalFormat.HeaderBytes + 80));
        yield return ("flipped-before-close", Damage(closed, JournalFormat.HeaderBytes + 80));
        yield return ("flipped-in-header", Damage(open, 20));
        yield return ("older-format", Change(closed, b => b[8] = 1));
        yield return ("older-format-open", Change(open, b => b[8] = 1));
        yield return ("older-format-first", Change(two, b => b[8] = 1));
        yield return ("no-such-format", Change(open, b => b[8] = 0));
        yield return ("newer-format", Change(open, b => b[8] = (byte)(JournalFormat.FormatVersion + 1)));
        yield return ("newer-features", Change(open, b => b[24] = 1));
        yield return ("unknown-event", Change(open, b => b[JournalFormat.HeaderBytes + JournalFormat.BatchHeaderBytes + 4] = 200));
        yield return ("wrong-sequence", Change(open, b => b[JournalFormat.HeaderBytes + 8] = 9));
        yield return ("too-many-frames", Change(open, b => b[JournalFormat.HeaderBytes + 16] = 99));
        yield return ("huge-batch", Change(open, b => b[JournalFormat.HeaderBytes + 23] = 1));
        yield return ("snapshots", Of(1L << 20, WriteSnapshots));
        var transfers = Of(1L << 20, WriteTransfers);
        yield return ("transfers", transfers);
        yield return ("transfers-in-older-format", Change(transfers, b => b[8] = 2));
        var rewritten = Of(JournalFormat.HeaderBytes + 600, WriteEvents, (in frame) => frame.Type != EventType.Remembered);
        yield return ("rewritten", rewritten);
        yield return ("rewritten-to-nothing", Of(JournalFormat.HeaderBytes + 600, WriteEvents, (in _) => false));
        yield return ("rewritten-in-older-format", Change(rewritten, b => b[8] = 1));
        yield return ("dropped", Dropped(new DroppedEvent(DroppedEvent.MostSequences, 1, 1_000_000)));
        yield return ("dropped-none", Dropped(new DroppedEvent(0, 1, 1)));
        yield return ("dropped-too-many-records", Dropped(new DroppedEvent(2, 1, 3)));
        yield return ("marks-in-tail", [.. open, .. Enumerable.Repeat("MEBT\0\0\0\0"u8.ToArray(), 200).SelectMany(m => m)]);
    }

    private static byte[] Change(byte[] image, Action<byte[]> change)
    {
        var changed = Damage(image, null);
        change(changed);
        JournalImage.FixChecksums(changed);
        return changed;
    }

    private static byte[] Damage(byte[] image, int? at)
    {
        var damaged = (byte[])image.Clone();
        if (at is { } offset) damaged[offset] ^= 0x20;
        return damaged;
    }

    private static byte[] Image(bool close, bool roll) =>
        Of(roll ? JournalFormat.HeaderBytes + 600 : 1L << 20, journal =>
        {
            WriteEvents(journal);
            if (close) journal.Close();
        });

    /// <summary>A journal; with <paramref name="keep"/>, its sealed files rewritten.</summary>
    private static byte[] Of(long fileBytes, Action<JournalWriter> write, FrameFilter? keep = null)
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(JournalImage.Directory);
        using (var journal = JournalWriter.Create(disk, JournalImage.Directory, PoolId, fileBytes, new StoppedClock()))
        {
            write(journal);
            using var bodies = new JournalBodies(disk, JournalImage.Directory);
            var rewriter = new JournalRewriter(disk, JournalImage.Directory, bodies, JournalTarget.RecordIdOf);
            for (var file = 1; keep is not null && file < journal.ActiveFile; file++) rewriter.Rewrite(file, keep, static _ => { });
        }
        return WithFixedSalts(JournalImage.Of(disk));
    }

    private static void WriteEvents(JournalWriter journal)
    {
        WriteCreation(journal);
        journal.Append(EventType.Remembered, Record("full", new RecordPlace(1, 0, 1, First, CreatedMicroseconds)));
        journal.Append(EventType.Remembered, Record("plain", new RecordPlace(2, 0, 1, Second, CreatedMicroseconds)));
        Commit(journal);
        journal.Append(EventType.Remembered, Record("keyed", new RecordPlace(3, 1, 2, First, CreatedMicroseconds)));
        journal.Append(EventType.Forgotten, new LifeEvent(2, Second).Encode());
        Commit(journal);
        journal.Append(EventType.Restored, new LifeEvent(2, Second).Encode());
        journal.Append(EventType.Answered, Answer());
        Commit(journal);
    }

    private static void WriteSnapshots(JournalWriter journal)
    {
        WriteEvents(journal);
        journal.Append(EventType.SnapshotCreated, new SnapshotCreatedEvent("first", CreatedMicroseconds, View.Through(9)).Encode());
        journal.Append(EventType.Forgotten, new LifeEvent(3, First).Encode());
        var rolled = new RolledBackEvent("first", "undo-first", CreatedMicroseconds, View.Through(11), View.Through(9));
        journal.Append(EventType.RolledBack, rolled.Encode());
        journal.Append(EventType.SnapshotDropped, new SnapshotDroppedEvent("undo-first").Encode());
        journal.Append(EventType.Purged, new PurgedEvent(Second).Encode());
        Commit(journal);
    }

    private static void WriteTransfers(JournalWriter journal)
    {
        WriteEvents(journal);
        foreach (var (_, bytes) in EvidenceSeeds.Events()) journal.Append((EventType)bytes[0], bytes.AsSpan(1));
        // The last one ends with something other than zeros, so that none of it is taken for room that was reserved.
        foreach (var (_, bytes) in EvidenceSeeds.Events().Reverse()) journal.Append((EventType)bytes[0], bytes.AsSpan(1));
        Commit(journal);
    }

    private static void WriteCreation(JournalWriter journal)
    {
        journal.Append(EventType.PoolCreated, new PoolCreatedEvent(PoolId, new byte[32], CreatedMicroseconds).Encode());
        journal.Append(EventType.SpaceDeclared, new SpaceDeclaredEvent(0, HashingEmbedder.Space).Encode());
        journal.Append(EventType.SpaceDeclared, new SpaceDeclaredEvent(1, RecordSeeds.Space).Encode());
        Commit(journal);
    }

    private static byte[] Dropped(DroppedEvent dropped) => Of(1L << 20, journal =>
    {
        WriteCreation(journal);
        journal.Append(EventType.Dropped, dropped.Encode());
        Commit(journal);
    });

    private static void Commit(JournalWriter journal)
    {
        journal.Write();
        journal.Sync();
    }

    private static byte[] Record(string seed, RecordPlace place)
    {
        var record = RecordSeeds.Valid(seed);
        RecordCodec.Place(record, place);
        return record;
    }

    private static byte[] Answer()
    {
        var writer = new ByteWriter();
        var result = new RememberResult(Second, 1, RememberOutcome.Restored, 8);
        new IdempotentAnswer("again", 12345, result, CreatedMicroseconds).WriteTo(writer);
        return writer.ToArray();
    }

    // Salts are random; a corpus is not.
    private static byte[] WithFixedSalts(byte[] image)
    {
        for (var at = 0; at >= 0 && at < image.Length;)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at + 16), 0x5A17_0000UL + (uint)at);
            var next = image.AsSpan(at + 8).IndexOf("MEMJRNL\n"u8);
            at = next < 0 ? -1 : at + 8 + next;
        }
        JournalImage.FixChecksums(image);
        return image;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(CreatedMicroseconds);
    }
}
