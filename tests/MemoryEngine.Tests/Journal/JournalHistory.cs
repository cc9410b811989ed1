using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Journal;

/// <summary>A journal of several kinds of events, and what a reader must find of it after any of them were dropped.</summary>
internal sealed class JournalHistory
{
    public const int FileBytes = 6_000;

    private readonly List<Entry> _events = [];
    private int _records;

    public IReadOnlyList<Entry> Events => _events;

    public static RecordIdReader RecordIdOf => static payload => JournalDisk.IdOf(payload);

    /// <summary>The numbers of the files that are sealed.</summary>
    public IEnumerable<int> SealedFiles => _events.Select(e => e.Position.File).Distinct().SkipLast(1);

    /// <summary>Writes a batch of random events and syncs it.</summary>
    public void Batch(JournalWriter writer, Random random)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var type = random.Next(3) switch
            {
                0 when _records > 0 => EventType.Forgotten,
                1 => EventType.Answered,
                _ => EventType.Remembered,
            };
            var payload = type == EventType.Forgotten
                ? new LifeEvent(random.Next(1, _records + 1), JournalDisk.PoolId).Encode()
                : JournalDisk.Payload(type == EventType.Remembered ? ++_records : 0, random.Next(0, 600));
            var position = writer.Append(type, payload);
            _events.Add(new Entry(writer.LastSequence, type, payload, type == EventType.Remembered ? _records : 0, position));
        }
        writer.Write();
        writer.Sync();
    }

    /// <summary>Writes until some files are sealed.</summary>
    public static JournalHistory Write(JournalWriter writer, Random random, int files)
    {
        var history = new JournalHistory();
        while (writer.ActiveFile <= files) history.Batch(writer, random);
        return history;
    }

    /// <summary>Reads the journal; every frame must be the event of its sequence, or stand for events and their records.</summary>
    /// <returns>The sequences that were dropped.</returns>
    public SortedSet<long> Check(IFileSystem disk, out JournalScan scan)
    {
        var dropped = new SortedSet<long>();
        var next = 1L;
        scan = JournalReader.Scan(disk, JournalDisk.Directory, (in frame) =>
        {
            Assert.Equal(next, frame.Sequence);
            if (frame.Type == EventType.Dropped)
            {
                var gone = _events.Skip((int)next - 1).Take(frame.Sequences).ToList();
                var records = gone.Where(e => e.RecordId > 0).Select(e => e.RecordId).ToList();
                Assert.Equal(new DroppedEvent(gone.Count, records.FirstOrDefault(), records.Count), DroppedEvent.Decode(frame.Payload));
                dropped.UnionWith(gone.Select(e => e.Sequence));
            }
            else
            {
                var expected = _events[(int)next - 1];
                Assert.Equal(expected.Type, frame.Type);
                Assert.True(frame.Payload.SequenceEqual(expected.Payload), $"the event {next} has other bytes");
            }
            next += frame.Sequences;
        });
        Assert.Equal(next - 1, scan.LastSequence);
        return dropped;
    }

    public static JournalRewriter Rewriter(IFileSystem disk, JournalBodies bodies) =>
        new(disk, JournalDisk.Directory, bodies, RecordIdOf);

    internal readonly record struct Entry(
        long Sequence, EventType Type, byte[] Payload, long RecordId, JournalPosition Position);
}
