using System.Text.RegularExpressions;
using MemoryEngine.Testing;

namespace MemoryEngine.Cli.Tests;

/// <summary>
/// A page of docs that shows the tool at work: its <c>console</c> blocks hold commands behind <c>$</c> and what they printed. All are run
/// in the page's order against one pool, and what they print now must be what the page shows. Ids, times, dates and marks are new in each
/// run: an id on the page stands for whatever came in its place, also in later commands. A line <c>…</c> stands for lines left out.
/// With MEMORYENGINE_WRITE_PAGES=1 the page is written anew instead, each command showing as many lines as it did before.
/// </summary>
internal sealed partial class ConsolePage(params string[] path)
{
    private const string Gap = "…";

    private readonly Dictionary<string, string> _ids = [];

    private static bool IsWriting => Environment.GetEnvironmentVariable("MEMORYENGINE_WRITE_PAGES") == "1";

    /// <summary>How many commands the page shows.</summary>
    public int Commands { get; private set; }

    /// <summary>Runs the page.</summary>
    public async Task RunAsync(CliRun cli)
    {
        var lines = RepositoryFiles.Text(path).Split('\n');
        var written = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            written.Add(lines[i]);
            if (lines[i] != "```console") continue;
            i++;
            while (lines[i] != "```")
            {
                Assert.StartsWith("$ memengine ", lines[i], StringComparison.Ordinal);
                var command = lines[i++];
                var shown = new List<string>();
                while (lines[i] != "```" && !lines[i].StartsWith("$ ", StringComparison.Ordinal)) shown.Add(lines[i++]);
                var printed = await PrintedAsync(cli, command);
                if (!IsWriting) Compare(command, shown, printed);
                written.Add(Renamed(command));
                written.AddRange(IsWriting ? Shortened(shown, printed) : shown);
                Commands++;
            }
            written.Add(lines[i]);
        }
        if (IsWriting) File.WriteAllText(RepositoryFiles.At(path), string.Join('\n', written));
    }

    private async Task<List<string>> PrintedAsync(CliRun cli, string command)
    {
        var words = Words(Renamed(command["$ memengine ".Length..])).Select(InFolder).ToArray();
        var answer = await cli.RunAsync(words);
        var text = (answer.Out + answer.Error)
            .Replace(cli.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(RepositoryFiles.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(l => l.TrimEnd()).ToList();
        Assert.True(answer.ExitCode == 0, $"{command} ended with {answer.ExitCode}:\n{text}");
        return lines;
    }

    // A file that the page names is one of the repository.
    private static string InFolder(string word) => File.Exists(RepositoryFiles.At(word)) ? RepositoryFiles.At(word) : word;

    // The same ids, in the page's commands as in this run.
    private string Renamed(string command) => Id().Replace(command, m => _ids.GetValueOrDefault(m.Value, m.Value));

    private void Compare(string command, List<string> shown, List<string> printed)
    {
        var at = 0;
        for (var i = 0; i < shown.Count; i++)
        {
            if (shown[i] == Gap)
            {
                if (i == shown.Count - 1) return;
                while (at < printed.Count && !Agree(shown[i + 1], printed[at])) at++;
                continue;
            }
            Assert.True(at < printed.Count && Agree(shown[i], printed[at]), Message(command, shown[i], printed, at));
            Bind(shown[i], printed[at++]);
        }
        Assert.True(at == printed.Count, Message(command, "nothing more", printed, at));
    }

    private static string Message(string command, string expected, List<string> printed, int at) =>
        $"{command}\nthe page: {expected}\nnow:      {(at < printed.Count ? printed[at] : "nothing more")}\n\n" +
        $"all of it:\n{string.Join('\n', printed)}";

    private static bool Agree(string shown, string printed) => Masked(shown) == Masked(printed);

    private void Bind(string shown, string printed)
    {
        foreach (var (page, now) in Id().Matches(shown).Zip(Id().Matches(printed))) _ids[page.Value] = now.Value;
    }

    // Long outputs stay as short as they were: the first lines, a gap, the last ones.
    private List<string> Shortened(List<string> shown, List<string> printed)
    {
        var gap = shown.IndexOf(Gap);
        foreach (var (before, now) in shown.Zip(printed).Take(gap < 0 ? int.MaxValue : gap)) Bind(before, now);
        if (gap < 0) return printed;
        var tail = shown.Count - gap - 1;
        foreach (var (before, now) in shown.TakeLast(tail).Zip(printed.TakeLast(tail))) Bind(before, now);
        return [.. printed.Take(gap), Gap, .. printed.TakeLast(tail)];
    }

    private static string Masked(string line) => Blanks().Replace(Changing().Replace(line, "#"), " ").TrimEnd();

    private static List<string> Words(string command) =>
        [.. Word().Matches(command).Select(m => m.Value.Replace("\"", "", StringComparison.Ordinal))];

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex(
        @"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?" +
        @"|memengine:recalled [0-9a-f]+|before-rollback-\d+|(?<=\bevent )\d+|(?<=now )[0-9,]+" +
        @"|[0-9][0-9,.]*(?= a second| ?(us|µs|ms|s|bytes|events?)\b)")]
    private static partial Regex Changing();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("""(?:[^\s"]|"[^"]*")+""")]
    private static partial Regex Word();
}
