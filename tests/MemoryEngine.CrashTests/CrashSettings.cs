using System.Globalization;

namespace MemoryEngine.CrashTests;

/// <summary>What the environment asks of the crash tests.</summary>
internal static class CrashSettings
{
    /// <summary>How many processes to kill.</summary>
    public static int Kills => Read("MEMORYENGINE_KILLS") ?? 100;

    private static int? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
