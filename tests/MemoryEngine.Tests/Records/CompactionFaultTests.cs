using MemoryEngine.Records;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Records;

/// <summary>
/// Compaction, checkpoint and truncation on a disk that fails or loses its power at each of their calls: what opens
/// afterwards answers the right bodies, never a removed one, and the next cycle finishes what was cut short.
/// </summary>
public sealed class CompactionFaultTests
{
    private const string Root = "/pool/records";

    [Theory]
    [InlineData(FaultKind.Io)]
    [InlineData(FaultKind.DiskFull)]
    [InlineData(FaultKind.ShortWrite)]
    [InlineData(FaultKind.FailedSync)]
    public void Every_call_of_a_small_log_may_fail(object kind) => FailEveryCall(new Scene(60, 4000), (FaultKind)kind, everyOne: true);

    /// <summary>Two segments, the first of which goes as a whole.</summary>
    [Theory]
    [InlineData(FaultKind.Io)]
    [InlineData(FaultKind.FailedSync)]
    public void Every_change_of_a_longer_log_may_fail(object kind) => FailEveryCall(new Scene(260, 70_000), (FaultKind)kind, everyOne: false);

    private static void FailEveryCall(Scene scene, FaultKind kind, bool everyOne)
    {
        var well = new Run(scene);
        var calls = well.Go(null, kind);
        well.AssertOpensAndFinishes(PowerLoss.LoseAll);
        var faults = 0;
        for (var n = 1; n <= calls.Count; n++)
        {
            var call = calls[n - 1].Kind;
            if (!CanMeet(call, kind)) continue;
            // There are many, and each is like the next.
            if (!everyOne && (call is DiskCallKind.Read || (call is DiskCallKind.Write && n % 4 != 0))) continue;
            var run = new Run(scene);
            _ = run.Go(n, kind);
            // The flushes of another thread may have come in another order.
            if (!run.HasFailed) continue;
            faults++;
            foreach (var loss in new[] { PowerLoss.LoseAll, PowerLoss.KeepAll, PowerLoss.Random(n) })
                run.AssertOpensAndFinishes(loss);
        }
        Assert.True(faults > 1, $"{faults} of {calls.Count} calls failed");
    }

    private static bool CanMeet(DiskCallKind call, FaultKind kind) => kind switch
    {
        FaultKind.FailedSync => call is DiskCallKind.Sync or DiskCallKind.SyncDirectory,
        FaultKind.ShortWrite => call is DiskCallKind.Write,
        FaultKind.DiskFull => call is DiskCallKind.Open or DiskCallKind.Write or DiskCallKind.Reserve,
        _ => true,
    };

    /// <summary>A store with a checkpoint, of which four in five bodies are about to be removed.</summary>
    private sealed class Scene
    {
        private readonly int _length;
        private readonly DiskSearch _search;

        public Scene(int count, int length)
        {
            (Count, _length) = (count, length);
            _search = new DiskSearch(Removed.Select(id => (id, LengthOf(id))));
            using var store = RecordStore.Open(Disk, Root, RecordPool.Small, null, out _);
            RecordPool.Put(store, 1, Enumerable.Range(1, count).Select(id => LengthOf(id)));
            Checkpoint = store.TakeCheckpoint();
        }

        public SimulatedFileSystem Disk { get; } = new();

        public int Count { get; }

        public RecordCheckpoint Checkpoint { get; }

        public int LengthOf(long id) => id % 17 == 0 ? 50_000 : _length + (int)id;

        public static bool IsRemoved(long id) => id % 5 != 0;

        public IEnumerable<long> Removed => Enumerable.Range(1, Count).Select(id => (long)id).Where(IsRemoved);

        public void AssertRight(RecordStore store, string context)
        {
            for (var id = 1L; id <= Count; id++)
            {
                using var body = RecordPool.Read(store, id);
                var expected = IsRemoved(id) ? RecordStatus.Missing : RecordStatus.Found;
                Assert.True(expected == body.Status, $"{context}: record {id} is {body.Status} {body.Damage}");
                if (!IsRemoved(id)) Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, LengthOf(id))), $"{context}: record {id}");
            }
        }

        public void AssertGone(SimulatedFileSystem disk, string context)
        {
            var found = _search.FoundOn(disk);
            Assert.True(found.Count == 0, $"{context}: on disk are {string.Join(", ", found)}");
        }
    }

    /// <summary>One cycle on a copy of the scene, with one call that fails.</summary>
    private sealed class Run(Scene scene)
    {
        private readonly SimulatedFileSystem _disk = scene.Disk.AfterPowerLoss(PowerLoss.KeepAll);
        private readonly List<RecordCheckpoint> _manifests = [scene.Checkpoint];
        private string _context = "";
        private bool _truncates;

        public bool HasFailed => _disk.LastFault is not null;

        /// <summary>Returns the calls it came to.</summary>
        public IReadOnlyList<DiskCall> Go(int? failing, FaultKind kind)
        {
            using var store = RecordStore.Open(_disk, Root, RecordPool.Small, scene.Checkpoint, out var reason);
            Assert.Null(reason);
            RecordPool.Remove(store, scene.Removed);
            var last = _disk.CallCount;
            if (failing is { } n) _disk.FailCall(last + n, kind);
            try
            {
                Cycle(store);
            }
            catch (MemoryEngineException e)
            {
                _context = $"{kind} at {_disk.LastFault}: {e.Message}";
                AssertReadable(store);
            }
            return [.. _disk.Trace.Skip(last)];
        }

        public void AssertOpensAndFinishes(PowerLoss loss)
        {
            var context = $"{_context}, {loss}";
            // The newest manifest is durable; the one before it is gone as soon as the log is truncated.
            foreach (var manifest in _manifests.AsEnumerable().Reverse().Take(_truncates ? 1 : 2))
            {
                var disk = _disk.AfterPowerLoss(loss);
                var store = RecordStore.Open(disk, Root, RecordPool.Small, manifest, out var reason);
                try
                {
                    Assert.True(reason is null, $"{context}: {reason}");
                    // A checkpoint of the compacted log is enough for an opening to finish what truncation began.
                    if (manifest != scene.Checkpoint) scene.AssertGone(disk, $"{context}, opened");
                    RecordPool.Remove(store, scene.Removed);
                    scene.AssertRight(store, context);
                    var checkpoint = RecordPool.Compact(store);
                    scene.AssertRight(store, context);
                    scene.AssertGone(disk, context);
                    store.Dispose();
                    store = RecordStore.Open(disk.AfterPowerLoss(PowerLoss.LoseAll), Root, RecordPool.Small, checkpoint, out reason);
                    Assert.True(reason is null, $"{context}: {reason}");
                    scene.AssertRight(store, context);
                }
                finally
                {
                    store.Dispose();
                }
            }
        }

        private void Cycle(RecordStore store)
        {
            var until = store.BeginCompaction();
            while (!store.CompactStep(until))
            {
            }
            var checkpoint = store.TakeCheckpoint();
            _manifests.Add(checkpoint);
            _truncates = true;
            store.Truncate(checkpoint);
            scene.AssertGone(_disk, "truncated");
        }

        /// <summary>What is wrong with a disk makes a body damaged at most; and it was one call only.</summary>
        private void AssertReadable(RecordStore store)
        {
            for (var id = 1L; id <= scene.Count; id++)
            {
                using var body = RecordPool.Read(store, id);
                if (Scene.IsRemoved(id)) Assert.True(body.Status == RecordStatus.Missing, $"{_context}: record {id} is {body.Status}");
                else if (body.Status == RecordStatus.Found)
                    Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, scene.LengthOf(id))), $"{_context}: record {id}");
                else Assert.True(store.DeviceFault is not null, $"{_context}: record {id} is {body.Status} {body.Damage}");
            }
        }
    }
}
