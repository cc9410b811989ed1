using System.Globalization;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>The directory of segments: names, the next number, and deleting what no manifest needs.</summary>
internal static class SegmentFiles
{
    /// <summary>What a file's name ends with until it is whole.</summary>
    public const string Unfinished = ".new";

    private const string Extension = ".segment";

    public static string PathOf(string directory, int number) => Path.Combine(directory, $"{number:D8}{Extension}");

    /// <summary>The numbers of the segments in a directory, ascending.</summary>
    public static List<int> Numbers(IFileSystem files, string directory)
    {
        var numbers = new List<int>();
        if (!files.DirectoryExists(directory)) return numbers;
        foreach (var name in files.List(directory))
            if (TryParse(name, out var number)) numbers.Add(number);
        return numbers;
    }

    /// <summary>
    /// Deletes the segments that are not needed, and what a crash left unfinished. What cannot be deleted, such as a file
    /// that another process has mapped, is in nobody's way and is tried again the next time; unless it <paramref name="must"/>
    /// go, since it holds what was removed.
    /// </summary>
    public static void Sweep(IFileSystem files, string directory, IReadOnlySet<int> needed, bool must)
    {
        foreach (var path in Left(files, directory, needed).Select(name => Path.Combine(directory, name)))
        {
            if (must) files.Delete(path);
            else TryDelete(files, path);
        }
    }

    /// <summary>Whether there is nothing for <see cref="Sweep"/> to delete.</summary>
    public static bool IsSwept(IFileSystem files, string directory, IReadOnlySet<int> needed) => Left(files, directory, needed).Count == 0;

    private static List<string> Left(IFileSystem files, string directory, IReadOnlySet<int> needed) =>
        !files.DirectoryExists(directory)
            ? []
            : [.. files.List(directory).Where(name =>
                name.EndsWith(Extension + Unfinished, StringComparison.Ordinal) || (TryParse(name, out var number) && !needed.Contains(number)))];

    public static void TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.ReadOnly or ErrorCode.DiskFull)
        {
            // It stays until the next sweep; nothing refers to it.
        }
    }

    private static bool TryParse(string name, out int number)
    {
        number = 0;
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }
}
