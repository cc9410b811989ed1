using System.Globalization;

namespace MemoryEngine.CrashTests;

/// <summary>What the environment asks of the crash tests.</summary>
internal static class CrashSettings
{
    /// <summary>How many processes to kill.</summary>
    public static int Kills => Read("MEMORYENGINE_KILLS") ?? 100;

    /// <summary>The seed of the run: the one asked for, or a new one.</summary>
    public static int NewSeed() => Read("MEMORYENGINE_SEED") ?? Random.Shared.Next(1, 1_000_000);

    private static int? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
