namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>A text of the size of a memory.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="IsWhole">Whether it is all that its section holds.</param>
/// <param name="Text">The text.</param>
internal readonly record struct SectionPiece(long Line, bool IsWhole, string Text);

/// <summary>
/// Cuts a section into memories: whole where it is short, since what stands together was meant together; else by its bullets and
/// paragraphs. What introduces something goes with it: "Never:" must not be lost from what follows.
/// </summary>
internal static class SectionCutting
{
    /// <summary>The most characters of a section that stays whole: some 300 tokens.</summary>
    public const int WholeCharacters = 1_200;

    // An introduction is repeated with each bullet under it, so a long one is a text of its own.
    private const int IntroductionCharacters = 200;

    public static IEnumerable<SectionPiece> Cut(MarkdownSection section)
    {
        var whole = string.Join("\n\n", Joined(section.Blocks));
        return whole.Length <= WholeCharacters || section.Blocks.Count == 1 ? [new SectionPiece(section.Line, true, whole)] : Pieces(section.Blocks);
    }

    private static IEnumerable<SectionPiece> Pieces(IReadOnlyList<MarkdownBlock> blocks)
    {
        MarkdownBlock? introduction = null;
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            if (block.Kind == BlockKind.Paragraph)
            {
                var leads = i + 1 < blocks.Count && Introduces(block, blocks[i + 1]);
                introduction = leads ? block : null;
                if (leads) continue;
            }
            var isLed = introduction is not null;
            yield return new SectionPiece(
                isLed ? introduction!.Line : block.Line, false, isLed ? $"{introduction!.Text}\n\n{block.Text.TrimEnd()}" : block.Text);
            // It leads a whole list, but only one block of another kind.
            if (block.Kind != BlockKind.Bullet || i + 1 == blocks.Count || blocks[i + 1].Kind != BlockKind.Bullet) introduction = null;
        }
    }

    private static bool Introduces(MarkdownBlock block, MarkdownBlock next) =>
        block.Text.Length <= IntroductionCharacters && next.Kind != BlockKind.Paragraph
        && (next.Kind is BlockKind.Code or BlockKind.Steps || block.Text.TrimEnd('*', '_', ' ').EndsWith(':'));

    // Bullets of one list stay close together.
    private static IEnumerable<string> Joined(IReadOnlyList<MarkdownBlock> blocks)
    {
        for (var i = 0; i < blocks.Count;)
        {
            var end = i + 1;
            if (blocks[i].Kind == BlockKind.Bullet)
                while (end < blocks.Count && blocks[end].Kind == BlockKind.Bullet) end++;
            yield return string.Join('\n', blocks.Skip(i).Take(end - i).Select(b => b.Text));
            i = end;
        }
    }
}
