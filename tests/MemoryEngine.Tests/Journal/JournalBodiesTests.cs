using MemoryEngine.Journal;

namespace MemoryEngine.Tests.Journal;

/// <summary>Bodies can be read while the files that they lie in are replaced.</summary>
public sealed class JournalBodiesTests
{
    [Fact]
    public async Task Readers_find_their_frames_while_files_are_rewritten_under_them()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(1), files: 12);
        var records = history.Events.Where(e => e.RecordId > 0).ToList();
        var positions = new long[records.Count + 1];
        foreach (var e in records) positions[e.RecordId] = e.Position.Packed;
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var rewriter = JournalHistory.Rewriter(disk, bodies);
        var done = false;
        // Every other record stays throughout, and must be readable throughout.
        using var begun = new CountdownEvent(3);
        var readers = Enumerable.Range(0, 3).Select(seed =>
            Task.Factory.StartNew(Read, seed, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var staying = records.Where((_, i) => i % 2 == 0).Select(e => e.Sequence).ToHashSet();
        var dropping = new Random(2);
        var gone = new HashSet<long>();
        begun.Wait();
        try
        {
            for (var round = 0; round < 20; round++)
            {
                gone.UnionWith(history.Events.Where(e => !staying.Contains(e.Sequence) && dropping.Next(20) == 0).Select(e => e.Sequence));
                for (var file = 1; file < writer.ActiveFile; file++) rewriter.Rewrite(file, (in frame) => !gone.Contains(frame.Sequence), Note);
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
        }
        await Task.WhenAll(readers);

        void Read(object? seed)
        {
            var random = new Random((int)seed!);
            for (var reads = 0; reads == 0 || !Volatile.Read(ref done); reads++)
            {
                var e = records[random.Next(records.Count / 2) * 2];
                var found = bodies.Read(() => new JournalPosition(Volatile.Read(ref positions[e.RecordId])), e.Sequence);
                if (reads == 0) begun.Signal();
                Assert.True(e.Payload.AsSpan().SequenceEqual(found), $"record {e.RecordId} has other bytes");
            }
        }

        // Readers run while some of the places are known and others are not.
        void Note(JournalRewrite rewrite)
        {
            foreach (var (id, position) in rewrite.Moved)
            {
                Thread.Yield();
                Volatile.Write(ref positions[id], position.Packed);
            }
        }
    }

    [Fact]
    public void Old_and_new_places_can_be_read_until_the_old_file_is_forgotten()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(3), files: 1);
        var last = history.Events.Last(e => e.RecordId > 0 && e.Position.File == 1);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var moved = default(JournalPosition);
        JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in frame) => frame.Sequence != 1, rewrite =>
        {
            moved = rewrite.Moved.Single(m => m.RecordId == last.RecordId).Position;
            Assert.NotEqual(last.Position, moved);
            Assert.Equal(last.Payload, bodies.Read(last.Position, last.Sequence));
            Assert.Equal(last.Payload, bodies.Read(moved, last.Sequence));
        });
        Assert.Equal(last.Payload, bodies.Read(moved, last.Sequence));
        Assert.Throws<CorruptionException>(() => bodies.Read(last.Position, last.Sequence));
        // One that stays where nothing is any more is an error; one that has moved meanwhile is not.
        Assert.Throws<CorruptionException>(() => bodies.Read(() => last.Position, last.Sequence));
        var asked = 0;
        Assert.Equal(last.Payload, bodies.Read(() => asked++ == 0 ? last.Position : moved, last.Sequence));
    }

    [Fact]
    public void No_file_stays_open_once_the_bodies_are_disposed()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(3), files: 2);
        var bodies = new JournalBodies(disk, JournalDisk.Directory);
        foreach (var e in history.Events) Assert.Equal(e.Payload, bodies.Read(e.Position, e.Sequence));
        JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in frame) => frame.Sequence != 1, _ => { });
        bodies.Forget(1);
        bodies.Forget(7);
        bodies.Dispose();
        // The simulated disk locks a file only while nobody has it open.
        foreach (var file in new[] { 1, 2 })
        {
            using var taken = disk.TryLock(JournalDisk.PathOf(file), "free"u8);
            Assert.NotNull(taken);
        }
    }
}
