namespace MemoryEngine.Testing;

/// <summary>
/// The files of the checkout that a test was built in. They are found from where the test runs, since the paths that a compiler
/// writes into a binary are the same on every machine where the build is told to be one of continuous integration.
/// </summary>
public static class RepositoryFiles
{
    /// <summary>The folder that holds MemoryEngine.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file or folder, given by its parts from the root.</summary>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file, its lines ended by \n on every system.</summary>
    public static string Text(params ReadOnlySpan<string> parts) => File.ReadAllText(At(parts)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemoryEngine.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no checkout of the repository.");
    }
}
