using System.Security.Cryptography;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>The inputs kept in fuzz/corpus, a folder for each target: the seeds, and whatever escaped once.</summary>
internal static class Corpus
{
    public static string Folder { get; } = RepositoryFiles.At("fuzz", "corpus");

    public static IReadOnlyList<(string Path, byte[] Bytes)> Of(FuzzTarget target)
    {
        var folder = Path.Combine(Folder, target.Name);
        if (!Directory.Exists(folder)) return [];
        var paths = Directory.GetFiles(folder);
        Array.Sort(paths, StringComparer.Ordinal);
        return [.. paths.Select(p => (p, File.ReadAllBytes(p)))];
    }

    public static string AddCrash(FuzzTarget target, byte[] input) =>
        Add(target, "crash-" + Convert.ToHexStringLower(SHA256.HashData(input))[..16], input);

    public static string Add(FuzzTarget target, string name, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, target.Name)).FullName;
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, input);
        return path;
    }
}
