using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Graphs that an earlier run built, in a folder, since building takes longer than most of what is measured.</summary>
internal static class KeptGraphs
{
    public static string? PathOf(DataSet set, HnswOptions options, string? keep) =>
        keep is null ? null : Path.Combine(keep, $"{set.Name}-{set.Rows.Count}-{options.BitsOf(set.Rows.Dimension)}.graph");

    public static HnswIndex Of(DataSet set, HnswOptions options, string? keep, out bool isFromFile)
    {
        var files = PhysicalFileSystem.Instance;
        var kept = PathOf(set, options, keep);
        isFromFile = File.Exists(kept);
        if (kept is not null && isFromFile) return HnswIndex.Over(GraphFile.Read(files, kept, options.Advise), set.Rows);
        var built = HnswIndex.Build(set.Rows, options);
        if (kept is not null) GraphFile.Write(files, kept, built.Graph);
        return built;
    }
}
