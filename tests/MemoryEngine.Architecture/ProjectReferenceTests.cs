using System.Xml.Linq;

namespace MemoryEngine.Architecture;

/// <summary>The direction between the projects of src. Only projects that exist are looked at.</summary>
public sealed class ProjectReferenceTests
{
    [Fact]
    public void Projects_reference_only_what_the_table_allows() =>
        Repository.Files(p => p.StartsWith("src/", StringComparison.Ordinal) && p.EndsWith(".csproj", StringComparison.Ordinal))
            .SelectMany(path => Check(path, Repository.Read(path)))
            .ShouldBeNone();

    [Theory]
    [InlineData("MemoryEngine.Kernels", "../MemoryEngine/MemoryEngine.csproj", "may reference no other project")]
    [InlineData("MemoryEngine", "..\\MemoryEngine.Server\\MemoryEngine.Server.csproj", "may reference only MemoryEngine.Kernels")]
    [InlineData("MemoryEngine.Client", "../MemoryEngine.Server/MemoryEngine.Server.csproj", "may reference only MemoryEngine, MemoryEngine.Protocol")]
    [InlineData("MemoryEngine.Cli", "../../tests/MemoryEngine.Testing/MemoryEngine.Testing.csproj", "references MemoryEngine.Testing")]
    [InlineData("MemoryEngine.Cellar", "../MemoryEngine/MemoryEngine.csproj", "MemoryEngine.Cellar is not in FolderTable.cs")]
    public void A_wrong_reference_is_found(string project, string reference, string message)
    {
        var text = $"<Project>\n  <ItemGroup>\n    <ProjectReference Include=\"{reference}\" />\n  </ItemGroup>\n</Project>";
        var finding = Assert.Single(Check($"src/{project}/{project}.csproj", text));
        Assert.Contains(message, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_without_references_must_be_in_the_table_too() =>
        Assert.Single(Check("src/MemoryEngine.Cellar/MemoryEngine.Cellar.csproj", "<Project />"));

    private static IEnumerable<Finding> Check(string path, string text)
    {
        var project = Path.GetFileNameWithoutExtension(path);
        if (!FolderTable.KnowsProject(project)) return [new Finding(path, 1, FolderTable.WhyProjectMayNotReference(project, project)!)];
        return
            from reference in XDocument.Parse(text, LoadOptions.SetLineInfo).Descendants("ProjectReference")
            let to = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
            let why = FolderTable.WhyProjectMayNotReference(project, to)
            where why is not null
            select new Finding(path, ((System.Xml.IXmlLineInfo)reference).LineNumber, why);
    }
}
