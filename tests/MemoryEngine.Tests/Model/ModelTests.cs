using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Model;

/// <summary>
/// Random operations with snapshots, rollbacks, restarts, kills, power losses and full disks, and readers beside them, against
/// a dictionary and a search by brute force.
/// MEMORYENGINE_MODEL_OPERATIONS says how many, MEMORYENGINE_SEED which.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int DefaultOperations = 5_000;

    // A fresh pool now and then: small pools have corners of their own.
    private const int OperationsAPool = 1_000;

    [Fact]
    public async Task A_pool_does_what_a_dictionary_would()
    {
        var seed = TestSeed.Value;
        var operations = TestSeed.Number("MEMORYENGINE_MODEL_OPERATIONS") ?? DefaultOperations;
        output.WriteLine($"MEMORYENGINE_SEED={seed} MEMORYENGINE_MODEL_OPERATIONS={operations}");
        for (var done = 0; done < operations; done += OperationsAPool, seed++)
        {
            var run = new ModelRun(seed);
            await run.RunAsync(Math.Min(OperationsAPool, operations - done));
            output.WriteLine($"seed {seed}: {run.ReadersTurns} turns of readers, {string.Join(", ", run.Done.Select(d => $"{d.Value} x {d.Key}"))}");
        }
    }
}
