using System.Text.Json;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Cli.Shared;

/// <summary>What an import of several files did, lines and files of other tools together.</summary>
internal sealed class ImportTotals
{
    private readonly List<FailedLine> _failed = [];
    private readonly List<(string File, MissingMemory Memory)> _missing = [];
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);
    private long _read, _added, _revised, _moved, _unchanged, _recalled, _unembedded;
    private string? _firstNote;

    public long Written => _added + _revised;

    public void Add(Importer importer)
    {
        _read += importer.Read;
        _added += importer.Added;
        _revised += importer.Revised;
        _unchanged += importer.Unchanged;
        _unembedded += importer.Unembedded;
        _firstNote ??= importer.FirstNote;
        _failed.AddRange(importer.Failed);
    }

    public void Add(ImportReport report)
    {
        _read += report.Read;
        _added += report.Added;
        _revised += report.Revised;
        _moved += report.Moved;
        _unchanged += report.Unchanged;
        _recalled += report.Recalled;
        _unembedded += report.Unembedded;
        _firstNote ??= report.FirstNote;
        _failed.AddRange(report.Failed.OrderBy(f => f.Line).Select(f => new FailedLine(f.File, f.Line, f.Message)));
        _missing.AddRange(report.Missing.Select(m => (report.File, m)));
        foreach (var (what, count) in report.LeftOut) _leftOut[what] = _leftOut.GetValueOrDefault(what) + count;
    }

    public void Write(Output output, TimeSpan elapsed)
    {
        if (_unembedded > 0) output.Note($"{_unembedded:N0} were stored without a vector. The first: {_firstNote}");
        if (output.IsJson) output.Json(json => WriteJson(json, elapsed));
        else Show(output, elapsed);
    }

    private void WriteJson(Utf8JsonWriter json, TimeSpan elapsed)
    {
        json.WriteNumber("read", _read);
        json.WriteNumber("added", _added);
        json.WriteNumber("revised", _revised);
        json.WriteNumber("moved", _moved);
        json.WriteNumber("unchanged", _unchanged);
        json.WriteNumber("recalled", _recalled);
        json.WriteNumber("unembedded", _unembedded);
        json.WriteStartArray("failed");
        foreach (var failed in _failed)
        {
            json.WriteStartObject();
            json.WriteString("file", failed.File);
            json.WriteNumber("line", failed.Line);
            json.WriteString("message", failed.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (var (file, memory) in _missing)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("id", memory.Id);
            json.WriteString("title", memory.Title);
            json.WriteBoolean("forgotten", memory.IsForgotten);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("left_out");
        foreach (var (what, count) in _leftOut) json.WriteNumber(what, count);
        json.WriteEndObject();
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 6));
    }

    private void Show(Output output, TimeSpan elapsed)
    {
        foreach (var failed in _failed) output.Error($"{failed.File}:{failed.Line}: {failed.Message}");
        var seconds = elapsed.TotalSeconds;
        output.Line(
            $"{_read:N0} read: {_added:N0} added, {_revised:N0} revised, {_unchanged:N0} unchanged, " +
            $"{_failed.Count:N0} failed, in {seconds:0.000} s ({_read / Math.Max(seconds, 1e-6):N0} a second)");
        if (_moved > 0) output.Line($"Of the revised, moved within their file: {_moved:N0}.");
        if (_recalled > 0) output.Line($"{_recalled:N0} blocks of recalled text were left alone.");
        if (_leftOut.Count > 0) output.Line($"Left out: {string.Join(", ", _leftOut.Select(l => $"{l.Value:N0} {l.Key}"))}.");
        foreach (var (file, memory) in _missing)
        {
            var title = memory.Title is { } t ? $" \"{t}\"" : "";
            output.Line($"No longer in {file}: {memory.Id}{title}, {(memory.IsForgotten ? "forgotten" : "kept; --forget-missing forgets it")}.");
        }
    }
}
