using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Cli.Simulation;

/// <summary>
/// Plays many worlds, each by the engine's rule, by the ideal one, and by a store that never removes, and sums up. The first world's
/// removals are also done to a real pool.
/// </summary>
internal static class Simulator
{
    public static async Task<SimulationFigures> RunAsync(SimulationOptions options, Action<int> done, CancellationToken cancellation)
    {
        var runs = new RunFigures[options.Runs];
        var count = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        Parallel.For(0, options.Runs, parallel, run =>
        {
            runs[run] = RunOne(options, run);
            done(Interlocked.Increment(ref count));
        });
        var cleanup = await CleanupProbe.RunAsync(new SimulatedWorld(options, 0), runs[0].Engine.Removed, cancellation);
        return SimulationFigures.Of(options, runs, cleanup);
    }

    private static RunFigures RunOne(SimulationOptions options, int run)
    {
        var world = new SimulatedWorld(options, run);
        var cells = Player<EngineRule>.CellsOf(options);
        var engine = new Player<EngineRule>(options, world, new EngineRule(cells, options.Domains), removes: true);
        engine.Play();
        var ideal = new Player<IdealRule>(options, world, new IdealRule(cells, options), removes: true);
        ideal.Play();
        var never = new Player<IdealRule>(options, world, new IdealRule(cells, options), removes: false);
        var fixedSample = new FixedSampleTest(options);
        never.Play(fixedSample);
        var found = fixedSample.Find(world);
        var needed = SampleSize.InformationFor(options.Effect / 100);
        var figures = new RunFigures { Engine = engine.Result, Ideal = ideal.Result, Never = never.Result };
        for (var memory = 0; memory < options.Memories; memory++)
        {
            if (!world.Harmful[memory]) continue;
            figures.Harmful++;
            if (found[memory]) figures.FoundAtTheEnd++;
            if (fixedSample.Information(memory, world.HarmDomain[memory]) < needed) continue;
            figures.Exposed++;
            if (engine.Result.IsFound(memory)) figures.ExposedFound++;
            if (ideal.Result.IsFound(memory)) figures.ExposedFoundByIdeal++;
        }
        return figures;
    }
}
