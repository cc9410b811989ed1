using System.Globalization;
using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests;

/// <summary>The seed of a random test: that of MEMORYENGINE_SEED, or a new one. The output of the test has it.</summary>
internal static class Seed
{
    public static int Take(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("MEMORYENGINE_SEED");
        var seed = string.IsNullOrEmpty(given) ? Random.Shared.Next(1, 1_000_000) : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        return seed;
    }
}
