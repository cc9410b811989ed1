using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests;

/// <summary>The seed of a random test: printed, and the usual one unless MEMORYENGINE_SEED says otherwise.</summary>
internal static class Seed
{
    public static int Take(ITestOutputHelper output)
    {
        var seed = TestSeed.Value;
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        return seed;
    }
}
