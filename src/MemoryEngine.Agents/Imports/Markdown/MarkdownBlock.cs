namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>What a block of Markdown is, as far as it matters for cutting a text into memories.</summary>
internal enum BlockKind
{
    /// <summary>Lines of prose, a table, a quotation.</summary>
    Paragraph,

    /// <summary>One item of an unordered list, with all that is indented under it.</summary>
    Bullet,

    /// <summary>An ordered list, whole: its items are steps of one thing.</summary>
    Steps,

    /// <summary>A fenced block of code.</summary>
    Code,
}

/// <summary>A block, as it stands in the file.</summary>
internal sealed record MarkdownBlock(long Line, BlockKind Kind, string Text);

/// <summary>What stands under a heading, up to the next one.</summary>
/// <param name="Headings">The headings above it, outermost first; empty before the first.</param>
/// <param name="Line">The line of its first block.</param>
/// <param name="Blocks">Its blocks, at least one.</param>
internal sealed record MarkdownSection(IReadOnlyList<string> Headings, long Line, IReadOnlyList<MarkdownBlock> Blocks);
