using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

/// <summary>
/// Where a type of the engine lives. The namespace tells, except for MemoryEngine itself, which Model shares with the root:
/// there the source file that declares the type tells.
/// </summary>
internal sealed partial class EngineFolders
{
    private readonly Dictionary<string, (SourceFile File, int Offset)> _declarations = [];

    public EngineFolders(IEnumerable<SourceFile> sources)
    {
        foreach (var file in sources)
        {
            var space = NamespaceOf(Of(file.Path));
            var title = Path.GetFileName(file.Path).Split('.')[0];
            foreach (Match match in Declaration().Matches(file.Code))
            {
                // A nested type may have the name of another's file; the file of that name decides.
                var name = match.Groups[1].Value;
                if (name == title) _declarations[$"{space}.{name}"] = (file, match.Index);
                else _declarations.TryAdd($"{space}.{name}", (file, match.Index));
            }
        }
    }

    /// <summary>The folder of a path such as <c>src/MemoryEngine/Storage/IFile.cs</c>.</summary>
    public static string Of(string path)
    {
        var parts = path.Split('/');
        return parts.Length <= 3 ? FolderTable.Root : parts[2];
    }

    public static string NamespaceOf(string folder) =>
        folder is FolderTable.Root or FolderTable.Model ? "MemoryEngine" : $"MemoryEngine.{folder}";

    /// <summary>The folder of a type; null for one that is neither the engine's nor the kernels'.</summary>
    public string? Of(Type type)
    {
        var parts = type.Namespace?.Split('.') ?? [];
        if (parts is not ["MemoryEngine", ..]) return null;
        if (parts.Length > 1) return parts[1];
        return Declared(type) is { } found ? Of(found.File.Path) : FolderTable.Root;
    }

    /// <summary>A finding at the place where the type, or the one it is nested in, is declared.</summary>
    public Finding Find(Type type, string what) =>
        Declared(type) is { } found ? found.File.Find(found.Offset, what) : new Finding(type.FullName ?? type.Name, 1, what);

    private (SourceFile File, int Offset)? Declared(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        var name = type.Name.Split('`')[0];
        return _declarations.TryGetValue($"{type.Namespace}.{name}", out var found) ? found : null;
    }

    [GeneratedRegex(
        @"\b(?:(?:record\s+)?(?:class|struct)|record|interface|enum|delegate\s+[\w.<>\[\]?,\s]+?)" +
        @"\s+(?!struct\b|class\b)(\w+)\s*(?=[<({:;\s])")]
    private static partial Regex Declaration();
}
