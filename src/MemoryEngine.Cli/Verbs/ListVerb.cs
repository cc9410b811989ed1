using System.CommandLine;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Lists memories in the order they were remembered.</summary>
internal sealed class ListVerb : Verb
{
    private readonly Option<MemoryLevel?> _level = Values.Level();
    private readonly Option<string?> _domain = Values.Text("--domain", "Only this domain and below it.", "D");
    private readonly Option<string?> _asOf = Values.AsOf();

    private readonly Option<string> _state = new("--state")
    {
        Description = "active, tombstoned (forgotten) or all.",
        HelpName = "STATE",
        DefaultValueFactory = _ => "active",
    };

    public ListVerb(Shell shell)
        : base(shell, "list", "Lists memories in the order they were remembered.")
    {
        _state.AcceptOnlyFromAmong("active", "tombstoned", "all");
        Add(_level);
        Add(_domain);
        Add(_state);
        Add(_asOf);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var filter = new ListFilter
        {
            Level = call.Get(_level),
            Domain = call.Get(_domain),
            State = call.Get(_state) switch
            {
                "active" => MemoryState.Active,
                "tombstoned" => MemoryState.Tombstoned,
                _ => null,
            },
        };
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var reader = await pool.AsOfAsync(call.Get(_asOf), cancellation);
        if (call.Output.IsJson) await WriteJsonAsync(call.Output, reader, filter, cancellation);
        else await ShowAsync(call.Output, reader, filter, cancellation);
        return ExitCode.Done;
    }

    private static async Task WriteJsonAsync(Output output, IMemoryReader reader, ListFilter filter, CancellationToken cancellation)
    {
        // What fails at the first memory is still told as an error, not within a document that has begun.
        await using var memories = reader.ListAsync(filter, cancellation).GetAsyncEnumerator(cancellation);
        var isAny = await memories.MoveNextAsync();
        using var document = output.JsonDocument();
        var json = document.Json;
        json.WriteStartArray("memories");
        for (; isAny; isAny = await memories.MoveNextAsync())
        {
            json.WriteStartObject();
            MemoryText.WriteFields(json, memories.Current);
            json.WriteEndObject();
            document.MayFlush();
        }
        json.WriteEndArray();
    }

    private static async Task ShowAsync(Output output, IMemoryReader reader, ListFilter filter, CancellationToken cancellation)
    {
        var rows = new List<string[]>();
        await foreach (var memory in reader.ListAsync(filter, cancellation))
        {
            rows.Add(
            [
                memory.Id.ToString(), MemoryText.NameOf(memory.Level), InterchangeNames.Of(memory.State), memory.Domain,
                MemoryText.Caption(memory),
            ]);
        }
        if (rows.Count == 0) output.Line("No memories.");
        else output.Table(["id", "level", "state", "domain", "title"], rows);
    }
}
