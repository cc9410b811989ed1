using System.Globalization;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>The directory of segments: names, the largest number, and deleting what no manifest needs.</summary>
internal static class SegmentFiles
{
    private const string Extension = ".segment";
    private const string VectorsExtension = ".vectors";
    private const string GraphExtension = ".graph";
    private const string ModelExtension = ".model";

    public static string PathOf(string directory, int number) => Path.Combine(directory, $"{number:D8}{Extension}");

    /// <summary>The file of the vectors that a segment's rows have in a space.</summary>
    public static string VectorsPathOf(string directory, int number, int space) => Path.Combine(directory, $"{number:D8}.{space}{VectorsExtension}");

    /// <summary>The file of the graph over them.</summary>
    public static string GraphPathOf(string directory, int number, int space) => Path.Combine(directory, $"{number:D8}.{space}{GraphExtension}");

    /// <summary>The file of a learned model.</summary>
    public static string ModelPathOf(string directory, int number) => Path.Combine(directory, $"{number:D8}{ModelExtension}");

    /// <summary>The names of a segment's files.</summary>
    public static IEnumerable<string> NamesOf(SegmentInfo segment)
    {
        foreach (var vectors in segment.Vectors)
        {
            yield return Path.GetFileName(VectorsPathOf("", segment.Number, vectors.Space));
            if (vectors.GraphLength > 0) yield return Path.GetFileName(GraphPathOf("", segment.Number, vectors.Space));
        }
        yield return Path.GetFileName(PathOf("", segment.Number));
    }

    /// <summary>All files of segments in a directory, unfinished ones too, in ordinal order.</summary>
    public static List<string> Names(IFileSystem files, string directory) =>
        files.DirectoryExists(directory) ? [.. files.List(directory).Where(name => TryParse(name, out _))] : [];

    /// <summary>The largest number that a file has; 0 when there is none.</summary>
    public static int LastNumber(IFileSystem files, string directory) =>
        Names(files, directory).Select(name => TryParse(name, out var number) ? number : 0).DefaultIfEmpty(0).Max();

    /// <summary>What a whole file of this name is; null for a graph, which has a header of its own, and for an unfinished file.</summary>
    public static SealedKind? KindOf(string name) =>
        name.EndsWith(Extension, StringComparison.Ordinal) ? SealedKind.Segment
        : name.EndsWith(VectorsExtension, StringComparison.Ordinal) ? SealedKind.Vectors
        : null;

    public static bool IsModel(string name) => name.EndsWith(ModelExtension, StringComparison.Ordinal);

    public static bool IsGraph(string name) => name.EndsWith(GraphExtension, StringComparison.Ordinal);

    /// <summary>
    /// Deletes the files that are not needed, and what a crash left unfinished. What cannot be deleted, such as a file
    /// that another process has mapped, is in nobody's way and is tried again the next time; unless it <paramref name="must"/>
    /// go, since it holds what was removed.
    /// </summary>
    public static void Sweep(IFileSystem files, string directory, Func<string, int, bool> isNeeded, bool must)
    {
        foreach (var name in Names(files, directory))
        {
            if (!TryParse(name, out var number) || isNeeded(name, number)) continue;
            var path = Path.Combine(directory, name);
            if (must) files.Delete(path);
            else WholeFile.TryDelete(files, path);
        }
    }

    /// <summary>Whether there is nothing for <see cref="Sweep"/> to delete.</summary>
    public static bool IsSwept(IFileSystem files, string directory, IReadOnlySet<string> needed) => Names(files, directory).All(needed.Contains);

    // 00000012.segment, 00000012.3.vectors, 00000012.3.graph, each with or without .new behind it.
    private static bool TryParse(string name, out int number)
    {
        number = 0;
        var whole = name.EndsWith(WholeFile.Unfinished, StringComparison.Ordinal) ? name[..^WholeFile.Unfinished.Length] : name;
        if (KindOf(whole) is null && !IsGraph(whole) && !IsModel(whole)) return false;
        return int.TryParse(whole.AsSpan(0, whole.IndexOf('.')), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
    }
}
