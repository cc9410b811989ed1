namespace MemoryEngine.Architecture;

/// <summary>
/// A source file as text. <see cref="Text"/>, <see cref="Code"/> and <see cref="CodeAndComments"/> have the same length
/// and the same line breaks, so an offset found in one is good for the others.
/// </summary>
internal sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text.ReplaceLineEndings("\n");
        (Code, CodeAndComments) = path.EndsWith(".cs", StringComparison.Ordinal) ? SourceMask.Of(Text) : (Text, Text);
    }

    /// <summary>From the root of the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>The text with the contents of strings, comments and preprocessor lines blanked out.</summary>
    public string Code { get; }

    /// <summary>The text with only the contents of strings blanked out.</summary>
    public string CodeAndComments { get; }

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public int LineAt(int offset) => 1 + Text.AsSpan(0, offset).Count('\n');

    public Finding Find(int offset, string what) => new(Path, LineAt(offset), what);
}
