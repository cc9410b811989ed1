using FsCheck;
using Xunit.Abstractions;

namespace MemoryEngine.Protocol.Tests;

/// <summary>The seed of a random test: printed, and the usual one unless MEMORYENGINE_SEED says otherwise.</summary>
internal static class Seeds
{
    public static int Next(ITestOutputHelper output)
    {
        var seed = Testing.TestSeed.Value;
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        return seed;
    }

    /// <summary>Checks a property. What fails is shrunk and shown, and comes again with the seed that was printed.</summary>
    public static void Check(ITestOutputHelper output, Property property, int times = 150)
    {
        // The generator's own stream number must be odd; which one it is does not matter.
        var config = Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay((ulong)Next(output), 1);
        FsCheck.Check.One(config, property);
    }
}
