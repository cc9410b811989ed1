using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

/// <summary>
/// The direction between the engine's folders as the source names it: namespaces follow folders, and every
/// <c>MemoryEngine.X</c>, in a using directive or anywhere else, points where the table allows.
/// <see cref="TypeDirectionTests"/> proves the same on the built types, which also finds names used without a qualifier.
/// </summary>
public sealed partial class FolderDirectionTests
{
    [Fact]
    public void Source_points_only_where_the_table_allows() => Repository.Engine.SelectMany(Check).ShouldBeNone();

    [Theory]
    [InlineData("Storage/A.cs", "using MemoryEngine.Journal;\nnamespace MemoryEngine.Storage;", "(1): Storage uses Journal")]
    [InlineData("Storage/A.cs", "using static MemoryEngine.Journal.X;\nnamespace MemoryEngine.Storage;", "(1): Storage uses Journal")]
    [InlineData("Index/A.cs", "namespace MemoryEngine.Index;\nMemoryEngine.Storage.IFile f;", "(2): Index uses Storage")]
    [InlineData("Model/A.cs", "namespace MemoryEngine;\nglobal::MemoryEngine.Storage.IFile f;", "(2): Model uses Storage")]
    [InlineData("Model/A.cs", "namespace MemoryEngine;\nusing K = MemoryEngine.Kernels.Dot;", "(2): Model uses Kernels")]
    [InlineData("Storage/A.cs", "namespace MemoryEngine.Journal;", "(1): a file in Storage declares the namespace MemoryEngine.J")]
    [InlineData("Storage/A.cs", "namespace MemoryEngine;", "(1): a file in Storage declares the namespace MemoryEngine;")]
    [InlineData("Cellar/A.cs", "namespace MemoryEngine.Cellar;", "(1): the folder Cellar is not in FolderTable.cs")]
    public void A_wrong_direction_is_found(string path, string text, string message) =>
        Assert.Contains(
            message,
            Assert.Single(Check(new SourceFile("src/MemoryEngine/" + path, text))).ToString(),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Journal/A.cs", "using MemoryEngine.Storage;\nnamespace MemoryEngine.Journal;\nMemoryEngine.ErrorCode c;")]
    [InlineData("Segments/Writer/A.cs", "using MemoryEngine.Kernels;\nnamespace MemoryEngine.Segments.Writer;")]
    [InlineData("MemoryStore.cs", "using MemoryEngine.Snapshots;\nnamespace MemoryEngine;")]
    [InlineData("Index/A.cs", "namespace MemoryEngine.Index;\n// MemoryEngine.Storage is mentioned only.")]
    public void A_right_direction_passes(string path, string text) =>
        Assert.Empty(Check(new SourceFile("src/MemoryEngine/" + path, text)));

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        var folder = EngineFolders.Of(file.Path);
        if (!FolderTable.KnowsFolder(folder)) return [file.Find(0, FolderTable.AddFolder(folder))];
        return Namespaces(file, folder).Concat(Uses(file, folder));
    }

    private static IEnumerable<Finding> Namespaces(SourceFile file, string folder) =>
        from declaration in NamespaceDeclaration().Matches(file.Code)
        let name = declaration.Groups[1].Value
        let expected = EngineFolders.NamespaceOf(folder)
        where name != expected && (expected == "MemoryEngine" || !name.StartsWith(expected + ".", StringComparison.Ordinal))
        select file.Find(declaration.Index, $"a file in {folder} declares the namespace {name}; it should be {expected}.");

    private static IEnumerable<Finding> Uses(SourceFile file, string folder) =>
        from use in QualifiedName().Matches(file.Code)
        let to = use.Groups[1].Value
        where FolderTable.IsFolderOrKernels(to)
        let why = FolderTable.WhyFolderMayNotUse(folder, to)
        where why is not null
        select file.Find(use.Index, why);

    [GeneratedRegex(@"\bnamespace\s+([\w.]+)")]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"(?<!namespace\s+)(?<![\w.])MemoryEngine\s*\.\s*(\w+)")]
    private static partial Regex QualifiedName();
}
