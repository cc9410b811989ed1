using MemoryEngine.Agents.Imports.Cursor;
using MemoryEngine.Agents.Imports.Markdown;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// Imports files that other tools wrote for agents, or recorded of them. Importing a file again revises what changed in it and touches
/// nothing else: not what was changed in the pool, not what was added to it. What the pool holds word for word from elsewhere is not
/// remembered twice. Bad parts are failures with their lines, and the rest goes on. Thread-safe, as far as two do not import one file.
/// </summary>
/// <param name="store">The pool.</param>
public sealed class FileImporter(IMemoryStore store)
{
    /// <summary>Imports a file.</summary>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between writes; what was acknowledged is kept.</param>
    /// <exception cref="ArgumentException">The file's form cannot be told, or is <see cref="ImportFormat.JsonLines"/>, which is streamed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<ImportReport> ImportAsync(string path, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var reports = await ImportManyAsync([path], options, cancellationToken).ConfigureAwait(false);
        return reports[0];
    }

    /// <summary>Imports files one after the other, and looks through the pool only once for all of them.</summary>
    /// <returns>What became of each, in order.</returns>
    /// <inheritdoc cref="ImportAsync"/>
    public async Task<IReadOnlyList<ImportReport>> ImportManyAsync(
        IReadOnlyList<string> paths, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new ImportOptions();
        if (options.Source is not null && paths.Count > 1)
        {
            throw new ArgumentException(
                "One source for several files would make each take the place of the one before. Import them one by one.", nameof(options));
        }
        var formats = paths.Select(p => FormatOf(p, options)).ToList();
        var reports = new List<ImportReport>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        PoolContents? pool = null;
        for (var i = 0; i < paths.Count; i++)
        {
            var parsed = Parse(ImportSource.Real(paths[i]), formats[i]);
            var sources = options.Source is { } source ? [source] : ImportSource.Of(paths[i]);
            // A file that is named twice, or by a link, is compared with what was just made of it.
            if (pool is null || !seen.Add(sources[0])) pool = await PoolContents.ReadAsync(store, cancellationToken).ConfigureAwait(false);
            seen.Add(sources[0]);
            var run = new ImportRun(store, pool, parsed, formats[i], sources, options);
            reports.Add(await run.RunAsync(cancellationToken).ConfigureAwait(false));
        }
        return reports;
    }

    private static ImportFormat FormatOf(string path, ImportOptions options) =>
        options.Format ?? ImportFormats.Detect(path)
            ?? throw new ArgumentException($"What {path} is cannot be told by its name or content; say which form it has.", nameof(path));

    /// <summary>What stands in a file of a form.</summary>
    internal static ParsedFile Parse(string path, ImportFormat format)
    {
        try
        {
            switch (format)
            {
                case ImportFormat.AgentsMd: return GuidanceParser.Parse(path, InputFile.ReadText(path));
                case ImportFormat.CursorRules: return CursorRulesParser.Parse(path, InputFile.ReadText(path));
                case ImportFormat.Mem0: return Mem0Parser.Parse(path, InputFile.ReadBytes(path));
                case ImportFormat.McpMemory:
                    {
                        using var stream = InputFile.Open(path);
                        return McpMemoryParser.Parse(path, stream);
                    }
                case ImportFormat.ClaudeCode:
                    {
                        using var stream = InputFile.Open(path);
                        return TranscriptParser.ParseClaudeCode(path, stream);
                    }
                default:
                    throw new ArgumentException($"{ImportFormats.Of(format)} is read by {nameof(JsonLinesReader)}.", nameof(format));
            }
        }
        catch (InvalidDataException e)
        {
            var parsed = new ParsedFile(path);
            parsed.Fail(1, e.Message);
            return parsed;
        }
    }
}
