using System.Threading.Channels;
using MemoryEngine.Testing;
using MemoryEngine.Tests.Model;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Reliability;

/// <summary>
/// The power fails before every call that a script makes to the disk, each time in three ways. Whatever is left opens; what
/// was acknowledged as durable is there, what was removed is not back, and a check finds nothing. MEMORYENGINE_POWER_STATES
/// says how many states to look at at least: more scripts follow until there are as many.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int Steps = 200;

    // Enough for each verb to be cut off in each of the three ways.
    private const int ShortSteps = 120;

    [Fact]
    public async Task No_power_loss_takes_back_what_was_acknowledged()
    {
        var (seed, wanted) = (TestSeed.Value, TestSeed.Number("MEMORYENGINE_POWER_STATES") ?? 1);
        output.WriteLine($"MEMORYENGINE_SEED={seed} MEMORYENGINE_POWER_STATES={wanted}");
        var total = 0;
        for (; total < wanted; seed++)
        {
            var run = new PowerLossRun(seed, thorough: wanted > 1);
            var states = await run.RunAsync(wanted > 1 ? Steps : ShortSteps);
            total += states.Values.Sum();
            output.WriteLine($"seed {seed}: {string.Join(", ", states.Select(s => $"{s.Value} x {s.Key}"))}");
            // Each verb was hit, in each of the three ways.
            foreach (var verb in Enum.GetValues<Verb>())
                foreach (var way in PowerLossRun.Ways)
                    Assert.True(states.ContainsKey($"{verb} {way}"), $"{verb} was never cut off by {way}.");
        }
        output.WriteLine($"{total} states");
    }
}

/// <summary>One script and all its power losses, looked at on all processors while the script goes on.</summary>
internal sealed class PowerLossRun(int seed, bool thorough)
{
    public static readonly string[] Ways = ["LoseAll", "Kill", "Torn"];

    private readonly SimulatedPool _pool = new();
    private readonly Channel<State> _states = Channel.CreateBounded<State>(4 * Environment.ProcessorCount);
    private readonly SortedDictionary<string, int> _looked = new(StringComparer.Ordinal);
    private readonly Random _random = new(seed);
    private ScriptRun _script = null!;
    private bool _synced = true;

    /// <summary>How many states were looked at, by verb and way.</summary>
    public async Task<SortedDictionary<string, int>> RunAsync(int steps)
    {
        _script = new ScriptRun(_pool, seed);
        using var stop = new CancellationTokenSource();
        var lookers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() => LookAsync(stop))).ToList();
        _pool.Disk.Watch(call => Cut(call, stop.Token));
        await _script.OpenAsync();
        for (var i = 0; i < steps && !stop.IsCancellationRequested; i++) await _script.StepAsync(i);
        await _script.Store.DisposeAsync();
        _states.Writer.Complete();
        await Task.WhenAll(lookers);
        return _looked;
    }

    // Called with the disk held still. Reading changes nothing, so a crash before it is a crash before what follows.
    private void Cut(DiskCall call, CancellationToken stop)
    {
        if (call.Kind is DiskCallKind.Read or DiskCallKind.Open or DiskCallKind.List or DiskCallKind.ReadLockOwner) return;
        var progress = _script.Progress;
        // Between two syncs all that is unsynced being lost leaves the same.
        if (_synced) Hand(Ways[0], PowerLoss.LoseAll);
        // In a short run the other two take turns.
        var torn = _random.Next();
        if (thorough || call.Number % 2 == 0) Hand(Ways[1], null);
        if (thorough || call.Number % 2 == 1) Hand(Ways[2], Tear(torn));
        _synced = call.Kind is DiskCallKind.Sync or DiskCallKind.SyncDirectory;

        // Nothing is lost when the process is killed, until the power fails on the next one.
        void Hand(string way, PowerLoss? loss)
        {
            var left = loss is null ? _pool.Disk.AfterProcessKill() : _pool.Disk.AfterPowerLoss(loss);
            var state = new State(left, progress, way, $"{loss?.ToString() ?? "a kill"} before {call}");
            try
            {
                _states.Writer.WriteAsync(state, stop).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                // A looker has found something, and will say so. The caller may be a thread of the engine: it goes on.
            }
        }
    }

    private PowerLoss Tear(int seed) =>
        seed % 3 == 0 ? PowerLoss.TornPrefix(seed % (_pool.Disk.UnsyncedOperationCount + 1), seed) : PowerLoss.Random(seed);

    private async Task LookAsync(CancellationTokenSource stop)
    {
        await foreach (var state in _states.Reader.ReadAllAsync())
        {
            try
            {
                await LookAsync(state);
            }
            catch (Exception e)
            {
                await stop.CancelAsync();
                throw new InvalidOperationException(
                    $"MEMORYENGINE_SEED={seed}, {state.What}, during {state.Progress}: {e.Message}", e);
            }
            lock (_looked)
            {
                var name = $"{state.Progress.Verb?.ToString() ?? "Opening"} {state.Way}";
                _looked[name] = _looked.GetValueOrDefault(name) + 1;
            }
        }
    }

    private async Task LookAsync(State state)
    {
        var left = new SimulatedPool { Disk = state.Disk };
        if (state.Progress.Backup is { } backup) await LookAtBackupAsync(left, backup);
        IReadOnlyCollection<MemoryDraft> purged;
        IReadOnlyList<string> notes;
        await using (var store = await left.OpenAsync(ScriptRun.Vary))
        {
            notes = store.Stats().OpeningNotes;
            var sequence = store.Stats().Sequence;
            Assert.InRange(sequence, state.Progress.Floor, state.Progress.Ceiling);
            var oracle = _script.At(sequence);
            Assert.True(oracle is not null, $"The pool opens at sequence {sequence}, where no step ended.");
            await Comparison.PoolAsync(store, oracle);
            purged = _script.PurgedAt(sequence);
            // What comes now stands on what is left, also when the power fails once more.
            Assert.Equal(RememberOutcome.Added, (await store.RememberAsync(After)).Outcome);
            left.Disk = left.Disk.AfterPowerLoss(PowerLoss.LoseAll);
            await using var again = await left.OpenAsync(o => ScriptRun.Vary(o) with { ReadOnly = true });
            Assert.Equal(sequence + 1, again.Stats().Sequence);
            Assert.Equal(store.Stats().Memories, again.Stats().Memories);
        }
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, ScriptRun.Vary(left.Options));
        Assert.True(report.Ok, $"{string.Join('\n', report.Problems)}; the opening before had said: {string.Join('\n', notes)}");
        // The second loss may have brought an old file back, and the check's opening has removed it again.
        Comparison.Gone(left.Disk, purged);
    }

    // A backup that was finished is whole; one that was not is whole or no pool.
    private static async Task LookAtBackupAsync(SimulatedPool left, ScriptBackup backup)
    {
        try
        {
            var options = ScriptRun.Vary(left.Options) with { CreateIfMissing = false, Spaces = [] };
            await using var store = await MemoryStore.OpenAsync(backup.Path, options);
            await Comparison.PoolAsync(store, backup.Oracle);
        }
        catch (MemoryEngineException e) when (!backup.IsDone && e.Code is ErrorCode.PoolNotFound or ErrorCode.NotAPool or ErrorCode.Corruption)
        {
            // As it should be.
        }
    }

    private static MemoryDraft After => new() { Text = "Writing goes on." };

    private sealed record State(SimulatedFileSystem Disk, Progress Progress, string Way, string What);
}
