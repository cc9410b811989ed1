using MemoryEngine.Journal;
using MemoryEngine.Records;

namespace MemoryEngine.Tests.Repair;

/// <summary>One flipped bit, in each kind of place of each journal file: it costs the event that it lies in, and no other.</summary>
public sealed class FlippedByteTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_in_a_header_costs_nothing(bool withRecords)
    {
        var pool = await DamagedPool.NewAsync(withRecords);
        foreach (var file in pool.FilesIn("journal").ToList())
        {
            int[] inFileHeader = [0, 8, 13, 16, 23, 40, 60, 63, 100, 4095];
            foreach (var at in inFileHeader.Select(b => (long)b).Concat(Batches(pool, file).SelectMany(b => new[] { b, b + 20, b + 37 })))
            {
                var copy = pool.Copy();
                var before = copy.Bytes();
                copy.Disk.FlipBit(file, (at * 8) + (at % 8));
                before[file] = copy.Disk.ReadAll(file);
                var context = $"byte {at} of {file}";
                var report = await copy.RepairAsync();
                Assert.Empty(RepairOracle.Check(copy, report, context));
                Assert.Contains(report.Problems, p => p.File == file && p.Offset <= at);
                var after = copy.Bytes();
                Assert.Equal(before.Keys.Order(), after.Keys.Order());
                Assert.All(before, b => Assert.True(b.Value.AsSpan().SequenceEqual(after[b.Key]), $"{context}: {b.Key} was changed"));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_in_a_frame_costs_that_event_at_most(bool withRecords)
    {
        var pool = await DamagedPool.NewAsync(withRecords);
        var types = new HashSet<EventType>();
        foreach (var (sequence, e) in pool.Events)
        {
            foreach (var at in Places(e))
            {
                var copy = pool.Copy();
                copy.Disk.FlipBit(e.File, (at * 8) + (at % 8));
                var context = $"event {sequence}, {e.Type}, byte {at - e.Offset}";
                var report = await copy.RepairAsync();
                var lost = RepairOracle.Check(copy, report, context);
                Assert.Single(report.Problems, p => p.File == e.File && p.Offset == e.Offset);
                var isRecovered = withRecords && e.Type == EventType.Remembered;
                if (isRecovered) Assert.True(lost.Count == 0, $"{context}: the record log had it");
                var others = lost.Where(s => s != sequence && !NeedsIt(pool.Events[s], e)).ToList();
                Assert.True(others.Count == 0, $"{context}: events {string.Join(", ", others)} are lost too");
            }
            types.Add(e.Type);
        }
        Assert.Equal(Enum.GetValues<EventType>().Except([EventType.Dropped]).Order(), types.Order());
    }

    // In its header, in its payload, in what pads it.
    private static IEnumerable<long> Places(StoredEvent e)
    {
        yield return e.Offset + 8;
        if (e.Payload.Length > 0) yield return e.Offset + JournalFormat.FrameHeaderBytes + (e.Payload.Length / 2);
        if (e.Payload.Length % 8 != 0) yield return e.Offset + JournalFormat.FrameBytes(e.Payload.Length) - 1;
    }

    // What happens to a version needs the version; so does its vector. Giving up a name needs the name.
    private static bool NeedsIt(StoredEvent other, StoredEvent lost) => lost.Type switch
    {
        EventType.Remembered => RecordReader.TryOpen(lost.Payload, out var record, out _) && record.Place.RecordId == other.Type switch
        {
            EventType.Forgotten or EventType.Restored => LifeEvent.Decode(other.Payload)!.Value.RecordId,
            EventType.VectorAdded => VectorAddedEvent.RecordIdOf(other.Payload),
            _ => 0,
        },
        // A space that serves is not given up.
        EventType.TextSpaceChosen => other.Type == EventType.SpaceDropped,
        EventType.SnapshotCreated => other.Type == EventType.SnapshotDropped
            && SnapshotDroppedEvent.Decode(other.Payload)!.Name == SnapshotCreatedEvent.Decode(lost.Payload)!.Name,
        _ => false,
    };

    private static List<long> Batches(DamagedPool pool, string file)
    {
        var bytes = pool.Disk.ReadAll(file);
        var salt = JournalFormat.FileHeader.Read(bytes, file).Salt;
        var batches = new List<long>();
        long offset = JournalFormat.HeaderBytes;
        while (JournalFormat.BatchHeader.TryRead(bytes.AsSpan((int)offset), salt, offset, out var batch))
        {
            batches.Add(offset);
            offset += JournalFormat.BatchHeaderBytes + batch.FramesBytes;
        }
        return batches;
    }
}
