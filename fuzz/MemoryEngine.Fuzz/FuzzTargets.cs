namespace MemoryEngine.Fuzz;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new JournalTarget(),
        new PoolTarget(),
        new RecordTarget(),
        new ManifestTarget(),
        new SegmentTarget(),
        new VectorsTarget(),
        new EventsTarget(),
        new JsonLinesTarget(),
        new ProtocolTarget(),
        new EmbeddingsTarget(),
        new ModelTarget(),
        new ImportsTarget(),
        new AnswersTarget(),
    ];

    public static FuzzTarget Named(string name) => All.FirstOrDefault(t => t.Name == name)
        ?? throw new ArgumentException($"There is no target '{name}'; there are {string.Join(", ", All.Select(t => t.Name))}.");
}
