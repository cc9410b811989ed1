using System.Diagnostics;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.CrashTests;

/// <summary>
/// A process that writes is killed at a random moment, again and again, on the same pools. MEMORYENGINE_KILLS says how
/// often, MEMORYENGINE_SEED repeats a run's choices (what the scheduler and the disk do between them is their own).
/// </summary>
[Trait("Category", "Crash")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int KillsPerPool = 10;

    /// <summary>At once: enough to keep two cores busy while the others wait for their disk.</summary>
    private const int Lanes = 3;

    private int _removals;

    [Fact]
    public async Task No_kill_loses_what_was_acknowledged()
    {
        var (seed, kills) = (TestSeed.Value, CrashSettings.Kills);
        output.WriteLine($"MEMORYENGINE_SEED={seed} MEMORYENGINE_KILLS={kills}");
        var watch = Stopwatch.StartNew();
        var pools = Enumerable.Range(0, (kills + KillsPerPool - 1) / KillsPerPool);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Lanes };
        await Parallel.ForEachAsync(pools, options, async (pool, _) =>
            await RunPoolAsync(seed, pool, Math.Min(KillsPerPool, kills - (pool * KillsPerPool))));
        output.WriteLine($"{kills} kills in {watch.Elapsed.TotalSeconds:F1} s, {_removals} removals, none handed over again");
        Assert.True(_removals >= kills, $"{_removals} removals are too few to show anything.");
    }

    private async Task RunPoolAsync(int seed, int pool, int kills)
    {
        using var directory = new TemporaryPool();
        using var expected = new ExpectedState(directory.StateFile);
        var random = new Random((seed * 1009) + pool);
        var lexicalOnly = random.Next(2) == 0;
        var verifier = new PoolVerifier(directory, expected);
        for (var kill = 0; kill < kills; kill++)
        {
            try
            {
                await KillOnceAsync(directory, random, lexicalOnly);
                // Sometimes the next process must clean up by itself; the last time all of it is checked.
                var readOnly = kill < kills - 1 && random.Next(3) > 0;
                await verifier.VerifyAsync(ChildWriter.Options(1, lexicalOnly) with { ReadOnly = readOnly });
            }
            catch (Exception e)
            {
                directory.Keep = true;
                throw new InvalidOperationException(
                    $"MEMORYENGINE_SEED={seed}, pool {pool}, kill {kill}, left in {directory.Pool}: {e.Message}", e);
            }
        }
        using var removals = new ExpectedRemovals(directory.RemovalsFile);
        Interlocked.Add(ref _removals, removals.Count);
        output.WriteLine($"pool {pool}: {expected.Acknowledged} writes acknowledged, {directory.JournalFiles().Length} journal files");
    }

    private static async Task KillOnceAsync(TemporaryPool directory, Random random, bool lexicalOnly)
    {
        // One in eight dies while it opens the pool, the others after some acknowledged writes.
        var signalAfter = random.Next(8) == 0 ? 0 : random.Next(1, 250);
        using var child = new ChildProcess(
            new ChildOrder(directory.Pool, directory.StateFile, random.Next(), signalAfter, lexicalOnly).Arguments());
        await child.WaitForSignalAsync();
        Linger(random.Next(signalAfter == 0 ? 150_000 : 3_000));
        await child.KillAsync();
    }

    // Where in its work the child is hit is to differ, down to the microsecond: this chooses the moment, it waits for nothing.
    private static void Linger(int microseconds)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalMicroseconds < microseconds) Thread.Yield();
    }
}
