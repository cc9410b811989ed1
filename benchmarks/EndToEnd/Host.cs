namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>What the machine was doing beside a benchmark, to be read with its figures. Linux only.</summary>
internal static class Host
{
    /// <summary>How many processes ran or waited to.</summary>
    public static string Load
    {
        get
        {
            const string Path = "/proc/loadavg";
            var loads = File.Exists(Path) ? File.ReadAllText(Path).Split(' ')[..2] : [];
            return loads.Length == 0
                ? $"{Environment.ProcessorCount} processors"
                : $"{Environment.ProcessorCount} processors, load {loads[0]} over a minute and {loads[1]} over five";
        }
    }
}
