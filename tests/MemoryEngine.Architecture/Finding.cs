namespace MemoryEngine.Architecture;

/// <summary>One place where a rule is broken, and what to do about it.</summary>
internal sealed record Finding(string File, int Line, string What)
{
    public override string ToString() => $"{File}({Line}): {What}";
}

internal static class Findings
{
    /// <summary>Fails the test with every finding on a line of its own, in the form that editors can jump to.</summary>
    public static void ShouldBeNone(this IEnumerable<Finding> findings)
    {
        var lines = findings.Select(f => f.ToString()).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.True(lines.Length == 0, $"{lines.Length} finding(s):\n{string.Join('\n', lines)}");
    }
}
