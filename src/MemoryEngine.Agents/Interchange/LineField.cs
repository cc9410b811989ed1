namespace MemoryEngine.Agents.Interchange;

/// <summary>The fields of a line, in the order they are written.</summary>
internal enum LineField
{
    Unknown = -1,
    Id,
    Format,
    Level,
    Domain,
    Task,
    Title,
    Key,
    Text,
    Model,
    Contributor,
    ExpiresUs,
    Result,
    Requires,
    Tags,
    Source,
    License,
    Vectors,
}

/// <summary>The fields' names.</summary>
internal static class LineFields
{
    private static readonly string[] Names =
    [
        "id", "format", "level", "domain", "task", "title", "key", "text", "model", "contributor", "expires_us", "result",
        "requires", "tags", "source", "license", "vectors",
    ];

    private static readonly byte[][] Utf8Names = Array.ConvertAll(Names, System.Text.Encoding.UTF8.GetBytes);

    public static string Name(this LineField field) => Names[(int)field];

    public static bool IsKnown(string name) => Names.AsSpan().Contains(name);

    /// <summary>The field of the property name that the reader stands on.</summary>
    public static LineField Of(ref System.Text.Json.Utf8JsonReader json)
    {
        for (var i = 0; i < Utf8Names.Length; i++)
            if (json.ValueTextEquals(Utf8Names[i])) return (LineField)i;
        return LineField.Unknown;
    }
}
