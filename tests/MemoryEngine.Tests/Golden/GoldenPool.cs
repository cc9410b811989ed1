using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Golden;

/// <summary>A copy of one pool of tests/golden, to be opened and written; the pool itself is never touched.</summary>
internal sealed class GoldenPool : IDisposable
{
    private readonly string _temporary = Directory.CreateTempSubdirectory("memengine-golden-").FullName;

    public GoldenPool(string name)
    {
        var source = Path.Combine(Folder, name);
        Expected = GoldenExpectation.Read(Path.Combine(source, "expected.json"));
        Root = Path.Combine(_temporary, "pool");
        Copy(Path.Combine(source, "pool"), Root);
    }

    /// <summary>tests/golden of the checkout that is tested.</summary>
    public static string Folder { get; } = RepositoryFiles.At("tests", "golden");

    /// <summary>All of them, as format generation and name.</summary>
    public static IEnumerable<string> Names => Directory.GetDirectories(Folder)
        .SelectMany(Directory.GetDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public string Root { get; }

    public GoldenExpectation Expected { get; }

    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public void Dispose() => Directory.Delete(_temporary, recursive: true);
}
