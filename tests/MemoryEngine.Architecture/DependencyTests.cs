using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace MemoryEngine.Architecture;

/// <summary>Packages have one exact version, in one file, and a reason on one page.</summary>
public sealed partial class DependencyTests
{
    private const string Versions = "Directory.Packages.props";
    private const string Page = "docs/dependencies.md";

    [Fact]
    public void Every_version_is_exact_and_explained() =>
        CheckVersions(Repository.Read(Versions), Repository.Read(Page)).ShouldBeNone();

    [Fact]
    public void No_project_names_a_version() =>
        Repository.Files(p => p.EndsWith(".csproj", StringComparison.Ordinal) || p.EndsWith(".props", StringComparison.Ordinal))
            .Append("Directory.Build.props")
            .SelectMany(path => CheckProject(path, Repository.Read(path)))
            .ShouldBeNone();

    [Theory]
    [InlineData("1.2.3", "- `A`: why", "has the version 1.2.3")]
    [InlineData("[1.2,2.0)", "- `A`: why", "has the version [1.2,2.0)")]
    [InlineData("[1.*]", "- `A`: why", "has the version [1.*]")]
    [InlineData("[1.2.3]", "", "A is not explained")]
    [InlineData("[1.2.3]", "- `A`: ", "A is not explained")]
    [InlineData("[1.2.3]", "- `A`: why\n- `B`: why", "explains B")]
    public void A_loose_or_unexplained_version_is_found(string version, string page, string message)
    {
        var props = $"<Project><ItemGroup>\n<PackageVersion Include=\"A\" Version=\"{version}\" /></ItemGroup></Project>";
        Assert.Contains(message, Assert.Single(CheckVersions(props, page)).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1.2.3]")]
    [InlineData("[1.2.3-beta.4]")]
    public void An_exact_and_explained_version_passes(string version) =>
        Assert.Empty(CheckVersions($"<Project><PackageVersion Include=\"A\" Version=\"{version}\" /></Project>", "- `A`: why"));

    [Theory]
    [InlineData("<PackageReference Include=\"A\" Version=\"1.2.3\" />")]
    [InlineData("<PackageReference Include=\"A\" VersionOverride=\"1.2.3\" />")]
    [InlineData("<PackageReference Include=\"A\"><Version>1.2.3</Version></PackageReference>")]
    [InlineData("<PackageVersion Include=\"A\" Version=\"[1.2.3]\" />")]
    public void A_version_in_a_project_is_found(string reference) =>
        Assert.Equal(2, Assert.Single(CheckProject("a.csproj", $"<Project>\n{reference}</Project>")).Line);

    [Fact]
    public void A_reference_without_a_version_passes() =>
        Assert.Empty(CheckProject("a.csproj", "<Project><PackageReference Include=\"A\" PrivateAssets=\"all\" /></Project>"));

    private static IEnumerable<Finding> CheckVersions(string props, string page)
    {
        var packages = XDocument.Parse(props, LoadOptions.SetLineInfo).Descendants("PackageVersion").ToArray();
        var explained = Explanation().Matches(page).ToDictionary(m => m.Groups[1].Value, m => m.Index);
        foreach (var package in packages)
        {
            var (name, version) = (package.Attribute("Include")?.Value ?? "", package.Attribute("Version")?.Value ?? "");
            if (!ExactVersion().IsMatch(version))
                yield return At(Versions, package, $"{name} has the version {version}; write an exact one in brackets, as in [1.2.3].");
            if (!explained.Remove(name))
                yield return At(Versions, package, $"{name} is not explained; add a line \"- `{name}`: why\" to {Page}.");
        }
        var file = new SourceFile(Page, page);
        foreach (var (name, offset) in explained)
            yield return file.Find(offset, $"explains {name}, which {Versions} does not name; delete it.");
    }

    private static IEnumerable<Finding> CheckProject(string path, string text) =>
        from package in XDocument.Parse(text, LoadOptions.SetLineInfo).Descendants()
        where package.Name.LocalName is "PackageReference" or "PackageVersion"
        where package.Attributes().Select(a => a.Name).Concat(package.Elements().Select(e => e.Name))
            .Any(name => name.LocalName is "Version" or "VersionOverride")
        select At(path, package, $"names a version for {package.Attribute("Include")?.Value}; versions stand in {Versions} alone.");

    private static Finding At(string path, IXmlLineInfo element, string what) => new(path, element.LineNumber, what);

    [GeneratedRegex(@"^\[\d+\.\d+\.\d+(-[\w.]+)?\]$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"^- `([\w.]+)`: *\S", RegexOptions.Multiline)]
    private static partial Regex Explanation();
}
