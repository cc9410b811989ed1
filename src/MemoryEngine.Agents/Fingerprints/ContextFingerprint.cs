using System.Runtime.InteropServices;

namespace MemoryEngine.Agents.Fingerprints;

/// <summary>
/// What a working directory says about a task: languages, operating system, versions, and as <c>seen:</c> entries the repository, its
/// commit and the versions of dependencies. It goes into <see cref="RecallQuery.Context"/>; the <c>seen:</c> entries also into
/// <see cref="MemoryDraft.Requires"/> of what is learned there.
/// </summary>
public sealed class ContextFingerprint
{
    /// <summary>Dependencies that are kept, in the order in which the files name them.</summary>
    public const int MaxDependencies = 48;

    private const long MaxFileBytes = 4 << 20;

    private readonly Dictionary<string, string> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _languages = [];
    private readonly List<string> _problems = [];
    private int _dependencies;

    private ContextFingerprint(string directory)
    {
        Entry("os", OperatingSystemName());
        ReadFile(directory, "global.json", text => Entry("dotnet", ManifestFiles.SdkVersion(text)), "csharp");
        ReadFile(directory, "package.json", text => Dependencies(ManifestFiles.PackageJson(text)), "javascript");
        if (File.Exists(Path.Combine(directory, "tsconfig.json"))) Language("typescript");
        ReadFile(directory, "requirements.txt", text => Dependencies(ManifestFiles.Requirements(text)), "python");
        ReadFile(directory, "pyproject.toml", text => Dependencies(ManifestFiles.PyProject(text)), "python");
        ReadFile(directory, "Cargo.toml", text => Dependencies(ManifestFiles.Cargo(text)), "rust");
        ReadFile(
            directory, "go.mod",
            text =>
            {
                Entry("go", ManifestFiles.GoVersion(text));
                Dependencies(ManifestFiles.GoMod(text));
            },
            "go");
        if (_languages.Count > 0) Entry("language", string.Join(',', _languages));
        try
        {
            if (GitHead.Find(directory) is not { } head) return;
            Entry("seen:commit", head.Commit);
            Entry("seen:repository", head.Repository);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"The git directory of {directory} could not be read: {e.Message}");
        }
    }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, string> Entries => _entries;

    /// <summary>Files that could not be read or made no sense, a sentence each. What the others say stands.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads a working directory. It runs nothing, follows nothing outside but git's own files, and changes nothing.</summary>
    public static ContextFingerprint Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new ContextFingerprint(directory);
    }

    private void ReadFile(string directory, string name, Action<string> read, string language)
    {
        var path = Path.Combine(directory, name);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return;
            Language(language);
            if (file.Length > MaxFileBytes) _problems.Add($"{path} was left out: it has {file.Length} bytes.");
            else read(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            _problems.Add($"{path} was left out: {e.Message}");
        }
    }

    private void Dependencies(IEnumerable<(string Name, string Version)> dependencies)
    {
        foreach (var (name, version) in dependencies)
        {
            if (_dependencies == MaxDependencies) return;
            if (Entry($"seen:dependency/{name.ToLowerInvariant()}", version)) _dependencies++;
        }
    }

    private void Language(string name)
    {
        if (!_languages.Contains(name)) _languages.Add(name);
    }

    // A precondition has its limits; what is beyond them says nothing.
    private bool Entry(string name, string? value) =>
        !string.IsNullOrWhiteSpace(value)
        && System.Text.Encoding.UTF8.GetByteCount(name) <= Limits.MaxTagBytes && System.Text.Encoding.UTF8.GetByteCount(value) <= Limits.MaxTagBytes
        && _entries.TryAdd(name, value);

    private static string OperatingSystemName() =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "macos"
        : RuntimeInformation.IsOSPlatform(OSPlatform.FreeBSD) ? "freebsd"
        : "linux";
}
