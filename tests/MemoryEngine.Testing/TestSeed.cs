using System.Globalization;

namespace MemoryEngine.Testing;

/// <summary>
/// The seed of the random tests. It is the same in every run unless MEMORYENGINE_SEED says otherwise, so that a change is
/// judged by the inputs that the one before it passed; new inputs are for the longer runs of docs/testing.md.
/// </summary>
public static class TestSeed
{
    private const int Usual = 20_261;

    /// <summary>The seed that MEMORYENGINE_SEED gives, a new one where it says "random", or else the usual one.</summary>
    public static int Value => Environment.GetEnvironmentVariable("MEMORYENGINE_SEED") switch
    {
        null or "" => Usual,
        "random" => Random.Shared.Next(1, 1_000_000),
        var given => int.Parse(given, CultureInfo.InvariantCulture),
    };

    /// <summary>A number from the environment, or null where none is given.</summary>
    public static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
