using System.Text.Json;
using Spectre.Console;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// What a verb says: results on standard output, as text or as exactly one JSON document; notes and errors on standard
/// error. Colours, borders and control codes only where a person looks at a terminal.
/// </summary>
internal sealed class Output(Terminal terminal, bool isJson, bool isQuiet)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private IAnsiConsole? _console;

    public bool IsJson => isJson;

    public bool IsQuiet => isQuiet;

    // Made when first needed: most runs are scripts, which need none of it.
    private IAnsiConsole Fancy => _console ??= AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out), Interactive = InteractionSupport.No });

    public void Line(string text = "") => terminal.Out.WriteLine(text);

    public void Heading(string text)
    {
        if (terminal.IsOutTerminal) Fancy.MarkupLineInterpolated($"[bold]{text}[/]");
        else Line(text);
    }

    public void Table(string[] headers, IReadOnlyList<string[]> rows)
    {
        if (terminal.IsOutTerminal) FancyTable(headers, rows);
        else PlainTable(headers, rows);
    }

    /// <summary>Names with their values, one a line.</summary>
    public void Facts(params (string Name, string Value)[] facts)
    {
        var width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts) Line($"{name.PadRight(width)}  {value}");
    }

    /// <summary>Something worth knowing that is not the result.</summary>
    public void Note(string text)
    {
        if (!isQuiet) terminal.Error.WriteLine($"memengine: {text}");
    }

    public void Error(string text) => terminal.Error.WriteLine($"memengine: {text}");

    public ProgressBar Progress(string what) => new(terminal.IsErrorTerminal && !isQuiet ? terminal.Error : null, what, ProgressInterval);

    /// <summary>Writes the fields of the one JSON document.</summary>
    public void Json(Action<Utf8JsonWriter> fields)
    {
        using var document = new JsonDocumentOut(terminal.Out);
        fields(document.Json);
    }

    /// <summary>The one JSON document, for what is too much to hold at once.</summary>
    public JsonDocumentOut JsonDocument() => new(terminal.Out);

    private void FancyTable(string[] headers, IReadOnlyList<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var header in headers) table.AddColumn(new TableColumn(Markup.Escape(header)));
        foreach (var row in rows) table.AddRow(Array.ConvertAll(row, Markup.Escape));
        Fancy.Write(table);
    }

    private void PlainTable(string[] headers, IReadOnlyList<string[]> rows)
    {
        var widths = headers.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(headers))
            Line(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
