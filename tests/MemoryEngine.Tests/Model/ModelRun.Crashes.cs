using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Model;

/// <summary>How a store ends, and what the next one must find.</summary>
internal sealed partial class ModelRun
{
    private async Task OpenAsync()
    {
        Begin(await MemoryStore.OpenAsync(SimulatedPool.Root, Options()), _oracle);
    }

    // Where files still held what was to be removed, opening compacts as well.
    private void Begin(MemoryStore opened, Oracle oracle)
    {
        _epoch = new ModelEpoch(opened);
        Note(opened.CompactedAtOpening ? oracle.Compact([]) : oracle);
    }

    private async Task ReopenAsync()
    {
        MakeRoom();
        var evidence = await EvidenceAsync(Store);
        await EndAsync();
        await OpenAsync();
        Assert.Equal(evidence, await EvidenceAsync(Store));
    }

    private async Task KillAsync()
    {
        MakeRoom();
        await LeaveAsync();
        var evidence = await EvidenceAsync(Store);
        var (killed, old) = (_pool.Disk.AfterProcessKill(), Store);
        _pool.Disk = killed;
        // What is derived may be gone as well: the journal says all of it.
        var checkpoint = SimulatedPool.Root + "/evidence/state";
        if (_random.Next(2) == 0 && killed.FileExists(checkpoint)) killed.Delete(checkpoint);
        await OpenAsync();
        Assert.Equal(evidence, await EvidenceAsync(Store));
        await old.DisposeAsync();
    }

    private async Task LosePowerAsync()
    {
        MakeRoom();
        await LeaveAsync();
        var loss = _random.Next(5) switch { 0 => PowerLoss.LoseAll, 1 => PowerLoss.KeepAll, _ => PowerLoss.Random(_random.Next()) };
        var (left, old, last) = (_pool.Disk.AfterPowerLoss(loss), _epoch, Store.Stats().Sequence);
        _pool.Disk = left;
        var opened = await MemoryStore.OpenAsync(SimulatedPool.Root, Options());
        // What was only handed to the kernel may be gone, the newest first.
        var sequence = opened.Stats().Sequence;
        Assert.InRange(sequence, _durable, last);
        LoseTransfersAfter(sequence);
        Begin(opened, old.At(sequence));
        await ListAsync();
        await old.Store.DisposeAsync();
    }

    // Readers and snapshots go before their store does.
    private async Task LeaveAsync()
    {
        await _readers.FinishAsync();
        foreach (var held in _held) held.Opened.Dispose();
        _held.Clear();
    }

    private async Task EndAsync()
    {
        await LeaveAsync();
        await Store.DisposeAsync();
    }

    private void MakeRoom()
    {
        _pool.Disk.CapacityBytes = long.MaxValue;
        _fullDiskLeft = 0;
    }
}
