namespace MemoryEngine.Architecture;

/// <summary>
/// Who may know whom: the one place that says in which direction the code points. A new folder or project is added here,
/// with what it may use; if that makes the table harder to read from top to bottom, the new folder is in the wrong place.
/// </summary>
internal static class FolderTable
{
    /// <summary>The files beside the project file: MemoryStore and the verbs it delegates to.</summary>
    public const string Root = "(root)";

    /// <summary>The public records and enums, in the namespace of the root; everyone may use it.</summary>
    public const string Model = "Model";

    /// <summary>Not a folder of the engine but the project beneath it.</summary>
    public const string Kernels = "Kernels";

    /// <summary>What each folder of src/MemoryEngine may use, beside itself and Model.</summary>
    private static readonly Dictionary<string, string[]> Folders = new()
    {
        [Root] =
        [
            "Repair", "Snapshots", "Journal", "Records", "Segments", "Index", Kernels, "Storage",
            "Verification", "Transfers", "Evidence", "Telemetry",
        ],
        ["Repair"] = ["Snapshots", "Journal", "Records", "Segments", "Index", "Storage"],
        ["Snapshots"] = ["Journal", "Records", "Segments", "Storage"],
        ["Journal"] = ["Storage"],
        ["Records"] = ["Storage"],
        ["Segments"] = ["Records", "Index", Kernels, "Storage"],
        ["Index"] = [Kernels],
        ["Storage"] = [],
        ["Verification"] = [],
        ["Transfers"] = [],
        ["Evidence"] = [],
        ["Telemetry"] = [],
        [Model] = [],
    };

    /// <summary>What each project of src may reference.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["MemoryEngine.Kernels"] = [],
        ["MemoryEngine"] = ["MemoryEngine.Kernels"],
        ["MemoryEngine.Protocol"] = ["MemoryEngine"],
        ["MemoryEngine.Client"] = ["MemoryEngine", "MemoryEngine.Protocol"],
        ["MemoryEngine.Server"] = ["MemoryEngine", "MemoryEngine.Protocol"],
        ["MemoryEngine.Agents"] = ["MemoryEngine", "MemoryEngine.Client"],
        ["MemoryEngine.Cli"] =
        [
            "MemoryEngine", "MemoryEngine.Kernels", "MemoryEngine.Protocol", "MemoryEngine.Client",
            "MemoryEngine.Server", "MemoryEngine.Agents",
        ],
    };

    public static bool KnowsFolder(string folder) => Folders.ContainsKey(folder);

    public static bool KnowsProject(string project) => Projects.ContainsKey(project);

    public static bool IsFolderOrKernels(string name) => name == Kernels || Folders.ContainsKey(name);

    /// <summary>Null when it may; otherwise a sentence that says what to do.</summary>
    public static string? WhyFolderMayNotUse(string from, string to)
    {
        if (!Folders.TryGetValue(from, out var allowed)) return AddFolder(from);
        if (to != Kernels && !Folders.ContainsKey(to)) return AddFolder(to);
        if (from == to || to == Model || allowed.Contains(to)) return null;
        var list = string.Join(", ", allowed.Append(Model).Where(a => a != from));
        return $"{from} uses {to}, but may use {(list.Length == 0 ? "no other folder" : $"only {list}")}. " +
            "Take what is needed as a parameter or through an interface in Model, or move the code up.";
    }

    public static string? WhyProjectMayNotReference(string from, string to)
    {
        if (!Projects.TryGetValue(from, out var allowed))
            return $"the project {from} is not in FolderTable.cs; add it with the projects it may reference.";
        if (allowed.Contains(to)) return null;
        var list = allowed.Length == 0 ? "no other project" : $"only {string.Join(", ", allowed)}";
        return $"{from} references {to}, but may reference {list}.";
    }

    public static string AddFolder(string folder) =>
        $"the folder {folder} is not in FolderTable.cs; add it with the folders it may use.";
}
