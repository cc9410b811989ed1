using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>What importing must know of a pool: which memories came from which file, and which texts it holds already.</summary>
internal sealed class PoolContents
{
    private readonly Dictionary<Guid, MemoryVersion> _imported = [];
    private readonly Dictionary<string, Guid> _texts = new(StringComparer.Ordinal);

    private PoolContents()
    {
    }

    /// <summary>Reads a pool, forgotten memories included.</summary>
    public static async Task<PoolContents> ReadAsync(IMemoryStore store, CancellationToken cancellation)
    {
        var contents = new PoolContents();
        await foreach (var memory in store.ListAsync(new ListFilter { State = null }, cancellation).ConfigureAwait(false)) contents.Add(memory);
        return contents;
    }

    /// <summary>The memories that came from a file in a form.</summary>
    public List<MemoryVersion> From(IReadOnlyList<string> sources, ImportFormat format)
    {
        var tag = ImportFormats.Of(format);
        return [.. _imported.Values.Where(m => m.Source is { } s && sources.Contains(s) && m.Tags.Contains(tag)).OrderBy(m => m.RecordId)];
    }

    /// <summary>The imported memory of an id; null when it has none.</summary>
    public MemoryVersion? Imported(Guid id) => _imported.GetValueOrDefault(id);

    /// <summary>The active memory that holds this text word for word; null when none does.</summary>
    public Guid? HolderOf(string text) => _texts.TryGetValue(StableId.Fingerprint(Words(text)), out var id) ? id : null;

    /// <summary>Takes note of a text that is on its way into the pool.</summary>
    public void Add(string text, Guid id) => _texts.TryAdd(StableId.Fingerprint(Words(text)), id);

    private void Add(MemoryVersion memory)
    {
        if (memory.State == MemoryState.Active) Add(memory.Text, memory.Id);
        if (ImportedRecord.Of(memory) is not null) _imported[memory.Id] = memory;
    }

    // Line breaks and marks of lists do not make another text.
    private static string Words(string text) =>
        string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimStart('-', '*', ' ');
}
