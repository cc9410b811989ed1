using MemoryEngine.Evidence.Advising;
using MemoryEngine.Evidence.Cleaning;
using MemoryEngine.Evidence.State;

namespace MemoryEngine;

/// <summary>What the evidence adds up to, and the mode that follows from it.</summary>
internal sealed class Advising(Pool pool)
{
    /// <summary>Looks at the measures while no event is folded.</summary>
    /// <param name="look">Makes what is wanted of them; quick, since writers wait meanwhile.</param>
    /// <param name="cancellation">Cancels.</param>
    public ValueTask<T> MeasureAsync<T>(Func<PoolMeasures, T> look, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        // The columns are read here, where nobody waits for it.
        List<ActiveMemory> active = [.. ActiveMemories.Of(pool)];
        var now = pool.Options.Clock.GetUtcNow();
        return pool.LookAsync(
            () => look(new PoolMeasures(pool.Evidence.State, active, now, TraceUpkeep.Window, TraceUpkeep.Grace)), cancellation);
    }

    /// <summary>The advice for the pool as it is, and what its vectors say beside it: they are read for that, all of them.</summary>
    public async Task<Advice> DiagnoseAsync(TransferScenario scenario, CancellationToken cancellation)
    {
        var advice = await AdviseAsync(scenario, cancellation).ConfigureAwait(false);
        var spread = new DomainSpread(pool);
        return advice with { DomainVariance = await Task.Run(() => spread.Measure(cancellation), cancellation).ConfigureAwait(false) };
    }

    /// <summary>The advice for the pool as it is.</summary>
    public ValueTask<Advice> AdviseAsync(TransferScenario scenario, CancellationToken cancellation) =>
        MeasureAsync(measures => Advisor.Advise(measures.ForAdvisor(scenario)), cancellation);

    /// <summary>Lets recalls in mode auto follow the advice from now on, where every gate of its mode passes and tasks were compared.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        // Without pairs nothing is proven but the pool's size, which auto knows by itself.
        if (await pool.LookAsync(() => pool.Evidence.State.Runs.Pairs.Pairs, cancellation).ConfigureAwait(false) == 0) return;
        var advice = await AdviseAsync(TransferScenario.Default, cancellation).ConfigureAwait(false);
        pool.Evidence.Board.Advise(advice.Provisional ? null : advice.Mode);
    }
}
