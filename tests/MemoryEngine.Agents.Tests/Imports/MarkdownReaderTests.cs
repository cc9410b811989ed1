using System.IO.Compression;
using System.Text.Json;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Agents.Tests.Imports;

public sealed class MarkdownReaderTests
{
    [Fact]
    public void Headings_are_paths_whichever_way_they_are_written()
    {
        const string Text =
            """
            Before all.

            # One `code` ##
            a
            ### Three
            b
            ## **Two**
            c

            Another title
            =============
            d

            Under it
            ---
            e
            """;
        Assert.Equal(
            [
                ("", "Before all."), ("One code", "a"), ("One code > Three", "b"), ("One code > Two", "c"), ("Another title", "d"),
                ("Another title > Under it", "e"),
            ],
            Sections(Text));
    }

    [Fact]
    public void What_stands_in_code_or_comments_is_no_heading()
    {
        const string Text =
            """
            # Build
            ```sh
            # not a heading
            - not a bullet

            make
            ```
            <!-- # hidden
            # hidden too -->
            ~~~~
            ```
            ~~~~
            """;
        var section = Assert.Single(MarkdownReader.Read(Text));
        Assert.Equal([BlockKind.Code, BlockKind.Code], section.Blocks.Select(b => b.Kind));
        Assert.Equal("```sh\n# not a heading\n- not a bullet\n\nmake\n```", section.Blocks[0].Text);
        Assert.Equal([2L, 10L], section.Blocks.Select(b => b.Line));
    }

    [Fact]
    public void Bullets_keep_what_belongs_to_them_and_steps_stay_together()
    {
        const string Text =
            """
            - one
              goes on

              - nested
            - two
            lazily
            - three
              ```
            - in code
              ```

            1. first

            2. second
               more
            3) third
            prose
            """;
        var blocks = Assert.Single(MarkdownReader.Read(Text)).Blocks;
        Assert.Equal(
            [
                "- one\n  goes on\n\n  - nested", "- two\nlazily", "- three\n  ```\n- in code\n  ```",
                "1. first\n\n2. second\n   more\n3) third\nprose",
            ],
            blocks.Select(b => b.Text));
        Assert.Equal([BlockKind.Bullet, BlockKind.Bullet, BlockKind.Bullet, BlockKind.Steps], blocks.Select(b => b.Kind));
    }

    [Fact]
    public void A_long_section_falls_apart_and_keeps_its_introductions()
    {
        var filler = string.Concat(Enumerable.Repeat("word ", 100));
        var text = $"# Rules\nNever:\n- commit secrets {filler}\n- push to main {filler}\n\nTo build:\n```\nmake\n```\n{filler}\n\n{filler}";
        var pieces = SectionCutting.Cut(Assert.Single(MarkdownReader.Read(text))).ToList();
        Assert.All(pieces, p => Assert.False(p.IsWhole));
        Assert.Equal(
            [$"Never:\n\n- commit secrets {filler}", $"Never:\n\n- push to main {filler}", "To build:\n\n```\nmake\n```", filler, filler],
            pieces.Select(p => p.Text + (p.Text.EndsWith("word", StringComparison.Ordinal) ? " " : "")));
        Assert.Equal([2L, 2L, 6L, 10L, 12L], pieces.Select(p => p.Line));
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void No_line_of_thousands_of_real_rules_is_lost()
    {
        var (rules, lines) = (0, 0);
        foreach (var rule in RealRules())
        {
            rules++;
            var sections = MarkdownReader.Read(rule);
            var texts = sections.SelectMany(SectionCutting.Cut).SelectMany(p => p.Text.Split('\n'));
            var kept = texts.Concat(sections.SelectMany(s => s.Headings)).Select(Letters).ToHashSet();
            // A heading with nothing under it is no memory.
            foreach (var line in WithoutComments(rule).Where(l => !l.TrimStart().StartsWith('#')).Select(Letters).Where(l => l.Length > 0))
            {
                lines++;
                Assert.True(kept.Contains(line) || kept.Any(k => k.Contains(line, StringComparison.Ordinal)), $"\"{line}\" of:\n{rule}");
            }
        }
        Assert.True(rules > 5_000 && lines > 50_000, $"{rules} rules, {lines} lines");
    }

    internal static IEnumerable<string> RealRules()
    {
        using var file = File.OpenRead(Path.Combine(DataFactAttribute.Root!, "memories", "insights-rules.jsonl.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!.ReplaceLineEndings("\n");
    }

    private static string[] WithoutComments(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "(?m)^[ \t]*<!--[\\s\\S]*?-->.*$", "").Split('\n');

    private static string Letters(string line) => new([.. line.Where(char.IsLetterOrDigit)]);

    private static IEnumerable<(string, string)> Sections(string text) =>
        MarkdownReader.Read(text).Select(s => (string.Join(" > ", s.Headings), string.Join("|", s.Blocks.Select(b => b.Text))));
}
