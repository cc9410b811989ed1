namespace MemoryEngine.Protocol.Methods;

/// <summary>The names and bounds that values of fields have in messages, as in the files and on the command line.</summary>
public static class WireNames
{
    /// <summary>The lowest level: a trace.</summary>
    public const int LowestLevel = 1;

    /// <summary>The highest level: a strategy.</summary>
    public const int HighestLevel = 4;

    /// <summary>The last microsecond of the year 9999, counted from 1970 UTC.</summary>
    public const long LastMicrosecond = 253_402_300_799_999_999;

    /// <summary>The formats of a memory.</summary>
    public static ReadOnlySpan<string> Formats => AllFormats;

    /// <summary>How the task of a memory ended.</summary>
    public static ReadOnlySpan<string> Results => AllResults;

    /// <summary>The states of a memory.</summary>
    public static ReadOnlySpan<string> States => AllStates;

    /// <summary>The states to list: <c>all</c> stands for every one.</summary>
    public static ReadOnlySpan<string> ListedStates => AllListedStates;

    /// <summary>What remembering did.</summary>
    public static ReadOnlySpan<string> Outcomes => AllOutcomes;

    /// <summary>How vectors are compared.</summary>
    public static ReadOnlySpan<string> Metrics => AllMetrics;

    private static string[] AllFormats { get; } = ["trajectory", "workflow", "summary", "insight"];

    private static string[] AllResults { get; } = ["pass", "fail"];

    private static string[] AllStates { get; } = ["active", "tombstoned"];

    private static string[] AllListedStates { get; } = [.. AllStates, "all"];

    private static string[] AllOutcomes { get; } = ["added", "revised", "unchanged", "restored"];

    private static string[] AllMetrics { get; } = ["cosine", "dot", "l2"];
}
