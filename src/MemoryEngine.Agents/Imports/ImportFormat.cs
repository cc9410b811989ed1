namespace MemoryEngine.Agents.Imports;

/// <summary>The forms of files that memories are imported from; docs/importing.md says where each is described.</summary>
public enum ImportFormat
{
    /// <summary>The engine's own interchange form.</summary>
    JsonLines,

    /// <summary>AGENTS.md, CLAUDE.md and their kin: Markdown that tells an agent how to work somewhere.</summary>
    AgentsMd,

    /// <summary>Rules of the Cursor editor: <c>.mdc</c> with front matter, or the older <c>.cursorrules</c>.</summary>
    CursorRules,

    /// <summary>Sessions of Claude Code, one event a line.</summary>
    ClaudeCode,

    /// <summary>The knowledge graph of the memory server among MCP's reference servers: entities and relations, one a line.</summary>
    McpMemory,

    /// <summary>What mem0 exports: JSON with an array of memories.</summary>
    Mem0,
}

/// <summary>Names of the forms, and how a file's form is told.</summary>
public static class ImportFormats
{
    private static readonly string[] Names = ["jsonl", "agents-md", "cursor-rules", "claude-code", "mcp-memory", "mem0"];

    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>The name of a form on the command line, and the tag of what was imported from it.</summary>
    public static string Of(ImportFormat format) => Names[(int)format];

    /// <summary>The form of a name; null when there is none.</summary>
    public static ImportFormat? FormatOf(string name) => Array.IndexOf(Names, name) is var i and >= 0 ? (ImportFormat)i : null;

    /// <summary>
    /// The form of a file by its name or, where many forms share a name, by what its first lines hold.
    /// </summary>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <returns>Null when neither says so beyond doubt.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImportFormat? Detect(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        if (IsAgentsFile(name)) return ImportFormat.AgentsMd;
        if (name.EndsWith(".mdc", StringComparison.OrdinalIgnoreCase) || name == ".cursorrules") return ImportFormat.CursorRules;
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (extension is ".md" or ".markdown") return Markdown.ExportedMemories.Mentions(InputFile.ReadText(path)) ? ImportFormat.AgentsMd : null;
        return FormatSniffing.Of(path) ?? (extension is ".jsonl" or ".ndjson" ? ImportFormat.JsonLines : null);
    }

    private static bool IsAgentsFile(string name) =>
        name.ToUpperInvariant() is "AGENTS.MD" or "AGENT.MD" or "AGENTS.OVERRIDE.MD" or "CLAUDE.MD" or "CLAUDE.LOCAL.MD" or "GEMINI.MD";
}
