using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Shows all versions of a memory, oldest first.</summary>
internal sealed class HistoryVerb : Verb
{
    private readonly Argument<Guid> _id = Values.Id();
    private readonly Option<string?> _asOf = Values.AsOf();

    public HistoryVerb(Shell shell)
        : base(shell, "history", "Shows all versions of a memory, oldest first.")
    {
        Add(_id);
        Add(_asOf);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var id = call.Get(_id);
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var reader = await pool.AsOfAsync(call.Get(_asOf), cancellation);
        var versions = await reader.HistoryAsync(id, cancellation);
        if (versions.Count == 0) throw Unknown.Memory(id);
        if (!call.Output.IsJson)
        {
            call.Output.Table(
                ["version", "created", "state", "title"],
                [.. versions.Select(v => new[] { v.Version.ToString(), MemoryText.Time(v.CreatedAt), State(v), MemoryText.Caption(v) })]);
            return ExitCode.Done;
        }
        call.Output.Json(json =>
        {
            json.WriteString("id", id);
            json.WriteStartArray("versions");
            foreach (var version in versions)
            {
                json.WriteStartObject();
                MemoryText.WriteFields(json, version);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        return ExitCode.Done;
    }

    private static string State(MemoryVersion version) =>
        version.IsCurrent ? "current" : version.State == MemoryState.Tombstoned ? "forgotten" : "superseded";
}
