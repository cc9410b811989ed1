namespace MemoryEngine.Cli.Benchmarks;

/// <summary>What building an index took, what it takes, and how it searches at each ef.</summary>
internal sealed record SearchFigures
{
    public required double BuildSeconds { get; init; }

    public required double BuildCpuSeconds { get; init; }

    /// <summary>Codes, links and row numbers: what has to be in memory beside the vectors, which are read where they lie.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>The index in a file, without the vectors.</summary>
    public required long FileBytes { get; init; }

    public required IReadOnlyList<SearchPoint> Results { get; init; }
}

/// <summary>The figures at one ef; distances are those between codes, a query.</summary>
internal sealed record SearchPoint(
    int Ef, double RecallAt10, double QueriesPerSecond, double QueriesPerCpuSecond, double P50Us, double P99Us, double Distances);
