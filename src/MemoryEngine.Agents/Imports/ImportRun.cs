using System.Globalization;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>One file on its way into a pool.</summary>
internal sealed class ImportRun(
    IMemoryStore store, PoolContents pool, ParsedFile parsed, ImportFormat format, IReadOnlyList<string> sources, ImportOptions options)
{
    // As many texts as an embedder is asked for at once.
    private const int WritesAtOnce = 64;

    private readonly List<(ImportItem Item, MemoryDraft Draft, bool HasMoved)> _writes = [];
    private readonly HashSet<Guid> _taken = [];
    private readonly List<Guid> _ids = [];
    private long _added, _revised, _moved, _unchanged, _unembedded;
    private string? _firstNote;

    public async Task<ImportReport> RunAsync(CancellationToken cancellation)
    {
        var read = parsed.Items.Count + parsed.Failures.Count;
        if (options.Strict && parsed.Failures.Count > 0) return Report(read, []);
        var before = pool.From(sources, format);
        var plan = ImportPlan.Match([.. parsed.Items.Where(i => i.Identity != ItemIdentity.Id)], before, out var missing);
        foreach (var planned in plan.Where(p => p.Before is not null)) _taken.Add(planned.Before!.Id);
        foreach (var planned in plan) Decide(planned);
        foreach (var item in parsed.Items.Where(i => i.Identity == ItemIdentity.Id))
        {
            await DecideStatedAsync(item, cancellation).ConfigureAwait(false);
            missing.RemoveAll(m => m.Id == item.Draft.Id);
        }
        foreach (var chunk in _writes.Chunk(WritesAtOnce)) await WriteAsync(chunk, cancellation).ConfigureAwait(false);
        return Report(read, await MissingAsync(missing, cancellation).ConfigureAwait(false));
    }

    private ImportReport Report(long read, IReadOnlyList<MissingMemory> missing) => new()
    {
        File = parsed.File,
        Format = format,
        Source = sources[0],
        Read = read,
        Added = _added,
        Revised = _revised,
        Moved = _moved,
        Unchanged = _unchanged,
        Recalled = parsed.Recalled,
        Unembedded = _unembedded,
        FirstNote = _firstNote,
        Ids = _ids,
        Missing = missing,
        Failed = parsed.Failures,
        LeftOut = parsed.LeftOut,
    };

    private void Decide(PlannedItem planned)
    {
        var item = planned.Item;
        var record = ImportedRecord.Of(item, options);
        // A session or a key is known wherever its file lay before.
        var before = planned.Before ?? (item.Draft.Id is { } known ? pool.Imported(known) : null);
        if (before is null)
        {
            AddNew(item, record);
            return;
        }
        _ids.Add(before.Id);
        if (ImportedRecord.Of(before)!.Fingerprint == record.Fingerprint)
        {
            if (before.State == MemoryState.Active) _unchanged++;
            else _writes.Add((item, JsonLines.ToDraft(before), false));
            return;
        }
        _writes.Add((item, Revised(before, item, record), planned.HasMoved));
    }

    // A memory that the file names itself: compared with what the pool holds under that id, whatever it came from.
    private async Task DecideStatedAsync(ImportItem item, CancellationToken cancellation)
    {
        var id = item.Draft.Id!.Value;
        if (await store.GetAsync(id, null, cancellation).ConfigureAwait(false) is not { } before)
        {
            AddNew(item, ImportedRecord.Of(item, options));
            return;
        }
        _ids.Add(id);
        var draft = JsonLines.ToDraft(before);
        if (Markdown.ExportedMemories.Title(before.Title, before.Text) != item.Draft.Title && item.Draft.Title is { } title)
            draft = draft with { Title = title };
        if (before.Text != item.Draft.Text) draft = draft with { Text = item.Draft.Text, Vectors = new Dictionary<string, ReadOnlyMemory<float>>() };
        if (draft.Text == before.Text && draft.Title == before.Title && before.State == MemoryState.Active) _unchanged++;
        else _writes.Add((item, draft, false));
    }

    private void AddNew(ImportItem item, ImportedRecord record)
    {
        if (pool.HolderOf(item.Draft.Text) is { } holder)
        {
            _ids.Add(holder);
            _unchanged++;
            return;
        }
        var draft = item.Draft;
        var id = draft.Id ?? NewId(item);
        _ids.Add(id);
        pool.Add(draft.Text, id);
        _writes.Add((item, Complete(draft, item, record, draft.Extra, draft.Tags) with
        {
            Id = id,
            Level = options.Level ?? draft.Level,
            Domain = options.Domain ?? draft.Domain,
        }, false));
    }

    private Guid NewId(ImportItem item)
    {
        var text = item.Identity == ItemIdentity.Place ? "" : item.Draft.Text;
        for (var n = 0; ; n++)
        {
            var id = StableId.Of("import", ImportFormats.Of(format), sources[0], item.Place, text, n.ToString(CultureInfo.InvariantCulture));
            // What stood there before may live on under another heading, and keeps its id.
            if (pool.Imported(id) is null && _taken.Add(id)) return id;
        }
    }

    // What the file says, over what the memory was; what was set in the pool stays.
    private MemoryDraft Revised(MemoryVersion before, ImportItem item, ImportedRecord record)
    {
        var draft = item.Draft;
        var isLevelOurs = before.Level == MarkdownLevel(before) || before.Level == draft.Level;
        return Complete(JsonLines.ToDraft(before), item, record, Merged(before.Extra, draft.Extra), before.Tags.Union(draft.Tags)) with
        {
            Text = draft.Text,
            Title = draft.Title,
            Key = draft.Key,
            Format = isLevelOurs ? draft.Format : before.Format,
            Level = options.Level ?? (isLevelOurs ? draft.Level : before.Level),
            Domain = options.Domain ?? before.Domain,
            Requires = draft.Requires,
            Vectors = before.Text == draft.Text ? before.Vectors : new Dictionary<string, ReadOnlyMemory<float>>(),
        };
    }

    // The level that importing had given it; another one was chosen by somebody.
    private MemoryLevel MarkdownLevel(MemoryVersion before) => format switch
    {
        ImportFormat.McpMemory => MemoryLevel.Procedure,
        ImportFormat.ClaudeCode => before.Format == MemoryFormat.Trajectory ? MemoryLevel.Trace : MemoryLevel.Procedure,
        _ => Markdown.GuidanceDraft.Level(before.Text),
    };

    private MemoryDraft Complete(MemoryDraft draft, ImportItem item, ImportedRecord record, string? extra, IEnumerable<string> tags) => draft with
    {
        Source = sources[0],
        Contributor = options.Contributor ?? draft.Contributor ?? item.Draft.Contributor,
        Tags = [.. tags.Append(ImportFormats.Of(format)).Distinct(StringComparer.Ordinal).Take(Limits.MaxTags)],
        Extra = record.In(extra, item, format),
    };

    private static string? Merged(string? before, string? now)
    {
        if (before is null || now is null) return before ?? now;
        var all = System.Text.Json.Nodes.JsonNode.Parse(before)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(now)!.AsObject()) all[name] = value?.DeepClone();
        return all.ToJsonString();
    }

    private async Task WriteAsync((ImportItem Item, MemoryDraft Draft, bool HasMoved)[] chunk, CancellationToken cancellation)
    {
        try
        {
            var results = await RememberManyAsync([.. chunk.Select(w => w.Draft)], cancellation).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++) Count(results[i], chunk[i].HasMoved);
        }
        catch (Exception e) when (IsAboutTheItem(e))
        {
            // All are checked before any is written, so none was: which one it is, each finds out by itself.
            foreach (var (item, draft, hasMoved) in chunk)
            {
                try
                {
                    Count(await RememberAsync(draft, cancellation).ConfigureAwait(false), hasMoved);
                }
                catch (Exception own) when (IsAboutTheItem(own))
                {
                    _ids.Remove(draft.Id!.Value);
                    parsed.Fail(item.Line, own.Message.Split(" (Parameter '")[0]);
                }
            }
        }
    }

    // What is waited for is this process's to choose where it owns the pool; through a pipe the owner has chosen.
    private Task<IReadOnlyList<RememberResult>> RememberManyAsync(IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellation) =>
        store is MemoryStore own ? own.RememberManyAsync(drafts, options.Durability, cancellation) : store.RememberManyAsync(drafts, cancellation);

    private ValueTask<RememberResult> RememberAsync(MemoryDraft draft, CancellationToken cancellation) =>
        store is MemoryStore own ? own.RememberAsync(draft, options.Durability, cancellation) : store.RememberAsync(draft, cancellation);

    private static bool IsAboutTheItem(Exception e) =>
        e is ArgumentException or MemoryEngineException { Code: ErrorCode.EmbedderMismatch or ErrorCode.Conflict or ErrorCode.Purged };

    private void Count(RememberResult result, bool hasMoved)
    {
        if (result.Note is not null)
        {
            _unembedded++;
            _firstNote ??= result.Note;
        }
        switch (result.Outcome)
        {
            case RememberOutcome.Added: _added++; break;
            case RememberOutcome.Unchanged: _unchanged++; break;
            default:
                _revised++;
                if (hasMoved) _moved++;
                break;
        }
    }

    // A file that could not be read whole says nothing of what is missing in it.
    private async Task<IReadOnlyList<MissingMemory>> MissingAsync(List<MemoryVersion> missing, CancellationToken cancellation)
    {
        var forgets = options.ForgetMissing && parsed.Failures.Count == 0;
        var told = new List<MissingMemory>();
        foreach (var memory in missing.Where(m => m.State == MemoryState.Active))
        {
            if (forgets) await store.ForgetAsync(memory.Id, cancellation).ConfigureAwait(false);
            told.Add(new MissingMemory(memory.Id, memory.Title, forgets));
        }
        return told;
    }
}
