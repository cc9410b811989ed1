using MemoryEngine.Testing;
using MemoryEngine.Tests.Model;

namespace MemoryEngine.Tests.Reliability;

/// <summary>How a run ended.</summary>
/// <param name="Trace">The calls to the disk.</param>
/// <param name="Fault">The call that failed; null when the fault was one that the call cannot meet.</param>
/// <param name="Refused">Verbs that were refused because of it.</param>
internal sealed record FailingCallEnd(IReadOnlyList<DiskCall> Trace, DiskCall? Fault, int Refused);

/// <summary>A script on a disk of which one call fails, once.</summary>
internal sealed class FailingCallRun
{
    private readonly FaultKind _kind;
    private readonly SimulatedPool _pool = new();
    private readonly ScriptRun _script;
    private int _refused;
    private bool _isBorn;
    private DiskCall? _earlierFault;

    public FailingCallRun(int seed, FaultKind kind, int? failingCall)
    {
        _kind = kind;
        _script = new ScriptRun(_pool, seed);
        if (failingCall is { } call) _pool.Disk.FailCall(call, kind);
    }

    private DiskCall? Fault => _earlierFault ?? _pool.Disk.LastFault;

    public async Task<FailingCallEnd> RunAsync(int steps)
    {
        await OpenAsync();
        for (var i = 0; i < steps; i++) await StepAsync(i);
        // What lies on the disk now, closed or not, with and without what was never synced, is the whole pool.
        await CheckAsync(_pool.Disk.AfterPowerLoss(PowerLoss.LoseAll), afterPowerLoss: true);
        await CheckAsync(_pool.Disk.AfterProcessKill());
        await CloseAsync();
        var end = new FailingCallEnd(_pool.Disk.Trace, Fault, _refused);
        await CheckAsync(_pool.Disk);
        return end;
    }

    private async Task StepAsync(int number)
    {
        var step = _script.Begin(number);
        if (step.Do is null)
        {
            await CloseAsync();
            await OpenAsync();
        }
        else
        {
            try
            {
                await step.Do(_script.Store);
            }
            catch (MemoryEngineException e)
            {
                await RefusedAsync(step, e);
                return;
            }
        }
        _script.End(step);
    }

    private async Task RefusedAsync(Step step, MemoryEngineException e)
    {
        _refused++;
        Assert.NotNull(Fault);
        // What is only about files may be half done, and nobody can tell; a purge stands once its event does.
        var stands = step.Verb is Verb.Compact || (step.Verb is Verb.Purge && _script.Store.Stats().Sequence == step.Sequence);
        if (stands) _script.End(step);
        // Anything else did not happen, as far as anyone can see, and everything else can be read as before.
        Assert.Equal(_script.Sequence, _script.Store.Stats().Sequence);
        await Comparison.PoolAsync(_script.Store, _script.Oracle);
        if (e.Code == ErrorCode.DiskFull)
        {
            // There is room again.
            Assert.Equal(FaultKind.DiskFull, _kind);
            if (stands) await _script.Store.CompactAsync();
            else if (step.Verb == Verb.Backup) await _script.Store.BackupAsync(step.Backup + "-again");
            else await step.Do!(_script.Store);
            if (!stands) _script.End(step with { Backup = null });
            return;
        }
        Assert.True(e.Code is ErrorCode.Storage or ErrorCode.Poisoned, $"{step.Verb} was refused as {e.Code}: {e.Message}");
        if (_script.Store.Stats().Health != "poisoned") return;
        // Nobody knows what the device holds: the next opening finds out, and either answer is right.
        Assert.Equal(ErrorCode.Poisoned, await SimulatedPool.CodeOfAsync(async () => await _script.Store.RememberAsync("refused")));
        await CloseAsync();
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        try
        {
            await _script.OpenAsync();
        }
        catch (MemoryEngineException e)
        {
            _refused++;
            Assert.NotNull(Fault);
            Assert.True(e.Code is ErrorCode.Storage or ErrorCode.DiskFull or ErrorCode.Poisoned, $"The opening was refused as {e.Code}: {e.Message}");
            // A device that could not make the directories of a new pool durable is looked at anew: what it has not got is
            // gone, and the pool is made again.
            if (_kind == FaultKind.FailedSync && !_isBorn)
            {
                _earlierFault = _pool.Disk.LastFault;
                _pool.Disk = _pool.Disk.AfterPowerLoss(PowerLoss.KeepAll);
            }
            await _script.OpenAsync();
        }
        _isBorn = true;
        _script.Resume(_script.Store.Stats().Sequence);
        await Comparison.PoolAsync(_script.Store, _script.Oracle);
    }

    private async Task CloseAsync()
    {
        try
        {
            await _script.Store.DisposeAsync();
        }
        catch (MemoryEngineException e)
        {
            Assert.NotNull(Fault);
            Assert.True(e.Code is ErrorCode.Storage or ErrorCode.Poisoned, $"The closing was refused as {e.Code}: {e.Message}");
        }
    }

    private async Task CheckAsync(SimulatedFileSystem disk, bool afterPowerLoss = false)
    {
        var left = new SimulatedPool { Disk = disk };
        IReadOnlyCollection<MemoryDraft> purged;
        await using (var store = await left.OpenAsync(ScriptRun.Vary))
        {
            var sequence = store.Stats().Sequence;
            Assert.InRange(sequence, _script.Progress.Floor, _script.Sequence);
            await Comparison.PoolAsync(store, _script.At(sequence)!);
            purged = _script.PurgedAt(sequence);
        }
        // A device that failed a sync may keep what it was told to remove, and show it again after a power loss.
        if (_kind != FaultKind.FailedSync || !afterPowerLoss) Comparison.Gone(disk, purged);
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, ScriptRun.Vary(left.Options));
        Assert.True(report.Ok, string.Join('\n', report.Problems));
    }
}
