using System.Text.Json.Nodes;

namespace MemoryEngine.Agents.Imports;

/// <summary>How an item is known again when its file is imported again.</summary>
internal enum ItemIdentity
{
    /// <summary>By its place: the only item there, whatever becomes of its text.</summary>
    Place,

    /// <summary>One of several of its place: by its text, or by being more like it than the others.</summary>
    Text,

    /// <summary>By a key of the file's own, wherever the file lies.</summary>
    Key,

    /// <summary>By the memory's id, which the file states.</summary>
    Id,
}

/// <summary>One memory as it stands in a file.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Identity">How it is known again.</param>
/// <param name="Place">The place or the key: the path of headings, an entity's name, a session's id.</param>
/// <param name="Draft">Its content; an id only where the file states one.</param>
/// <param name="Details">What the form says beyond a memory's fields; null for nothing.</param>
internal sealed record ImportItem(long Line, ItemIdentity Identity, string Place, MemoryDraft Draft, JsonObject? Details = null);

/// <summary>A part of a file that could not be used.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ImportFailure(string File, long Line, string Message);

/// <summary>What stands in a file.</summary>
internal sealed class ParsedFile(string file)
{
    public string File => file;

    public List<ImportItem> Items { get; } = [];

    public List<ImportFailure> Failures { get; } = [];

    /// <summary>Blocks that the engine itself had handed over.</summary>
    public int Recalled { get; set; }

    /// <summary>Parts that the form has and a pool has no place for, by what they are.</summary>
    public SortedDictionary<string, int> LeftOut { get; } = new(StringComparer.Ordinal);

    public void Fail(long line, string message) => Failures.Add(new ImportFailure(file, line, message));

    public void LeaveOut(string what) => LeftOut[what] = LeftOut.GetValueOrDefault(what) + 1;
}
