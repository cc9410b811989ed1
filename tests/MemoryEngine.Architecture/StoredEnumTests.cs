namespace MemoryEngine.Architecture;

/// <summary>
/// An enum marked [Stored] only grows, since its values stand in files and messages that older and newer versions read.
/// StoredEnums.txt is the memory of that; it is edited by hand, so that a change to it is noticed.
/// </summary>
public sealed class StoredEnumTests
{
    private const string Kept = "tests/MemoryEngine.Architecture/StoredEnums.txt";

    [Fact]
    public void Stored_enums_only_grow()
    {
        var found = Values([.. typeof(ErrorCode).Assembly.GetTypes(), .. typeof(Protocol.ProtocolLimits).Assembly.GetTypes()]);
        Assert.Contains("MemoryEngine.ErrorCode.Corruption = 11", found);
        Check(Repository.Read(Kept), found).ShouldBeNone();
    }

    [Theory]
    [InlineData("A.X = 1\nA.Y = 2", "A.X = 1|A.Y = 3", "(2): A.Y = 2 was stored, but is now A.Y = 3")]
    [InlineData("A.X = 1\nA.Y = 2", "A.X = 1|A.Z = 2", "(2): A.Y = 2 was stored, but is gone")]
    [InlineData("A.X = 1", "", "(1): A.X = 1 was stored, but is gone")]
    [InlineData("A.X = 1", "A.X = 1|A.Y = 2", "(2): new: add the line \"A.Y = 2\"")]
    [InlineData("A.X = 1\nA.Y = 1", "A.X = 1|A.Y = 1", "(2): A.Y = 1 gives a value again that A.X has")]
    public void A_changed_stored_enum_is_found(string kept, string found, string message)
    {
        var findings = Check(kept, found.Split('|', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(findings, f => f.ToString().Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_marked_enums_are_stored()
    {
        var value = Assert.Single(Values([typeof(Sample.Stored), typeof(Sample.Passing)]));
        Assert.EndsWith(".Stored.One = 1", value, StringComparison.Ordinal);
    }

    private static IEnumerable<Finding> Check(string kept, IReadOnlyCollection<string> found)
    {
        var lines = kept.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var valueOf = found.ToDictionary(NameOf);
        var owners = new Dictionary<string, string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Length == 0) continue;
            if (!valueOf.TryGetValue(NameOf(line), out var now))
                yield return new Finding(Kept, i + 1, $"{line} was stored, but is gone; stored enums only grow, so bring it back.");
            else if (now != line)
                yield return new Finding(Kept, i + 1, $"{line} was stored, but is now {now}; stored enums only grow, so change it back.");
            var value = $"{line[..line.LastIndexOf('.')]} {line.Split(" = ")[^1]}";
            if (!owners.TryAdd(value, NameOf(line)))
                yield return new Finding(Kept, i + 1, $"{line} gives a value again that {owners[value]} has; choose a new one.");
        }
        foreach (var line in found.Where(f => !lines.Any(l => NameOf(l) == NameOf(f))))
            yield return new Finding(Kept, lines.Length + 1, $"new: add the line \"{line}\".");
    }

    private static string NameOf(string line) => line.Split(" = ")[0];

    private static List<string> Values(IEnumerable<Type> types) =>
    [
        .. from type in types
           where type.IsEnum && type.GetCustomAttributesData().Any(a => a.AttributeType.Name == "StoredAttribute")
           from name in Enum.GetNames(type)
           select $"{type.FullName!.Replace('+', '.')}.{name} = {Enum.Format(type, Enum.Parse(type, name), "D")}",
    ];

    private static class Sample
    {
        [Stored]
        public enum Stored
        {
            One = 1,
        }

        public enum Passing
        {
            Two = 2,
        }
    }

    /// <summary>Stands in for the engine's own attribute, which is internal and therefore known by its name.</summary>
    [AttributeUsage(AttributeTargets.Enum)]
    private sealed class StoredAttribute : Attribute;
}
