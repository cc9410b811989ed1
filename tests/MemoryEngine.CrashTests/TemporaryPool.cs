namespace MemoryEngine.CrashTests;

/// <summary>A directory for a pool and the state expected of it; deleted unless a test keeps it as evidence.</summary>
internal sealed class TemporaryPool : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("memengine-crash-").FullName;

    public string Pool => Path.Combine(_root, "pool");

    public string StateFile => Path.Combine(_root, "expected");

    public string OutcomesFile => StateFile + "-outcomes";

    public string RemovalsFile => StateFile + "-removals";

    public string Journal => Path.Combine(Pool, "journal");

    /// <summary>Set when the test failed, so that what it saw can be looked at.</summary>
    public bool Keep { get; set; }

    /// <summary>The journal files, oldest first.</summary>
    public string[] JournalFiles()
    {
        var files = Directory.GetFiles(Journal, "*.journal");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    public void Dispose()
    {
        if (!Keep) Directory.Delete(_root, recursive: true);
    }
}
