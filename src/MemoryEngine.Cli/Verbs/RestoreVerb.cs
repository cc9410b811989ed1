using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Brings a forgotten memory back.</summary>
internal sealed class RestoreVerb : Verb
{
    private readonly Argument<Guid> _id = Values.Id();

    public RestoreVerb(Shell shell)
        : base(shell, "restore", "Brings a forgotten memory back.")
    {
        Add(_id);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var id = call.Get(_id);
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var hasChanged = await pool.Store.RestoreAsync(id, cancellation);
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("id", id);
                json.WriteBoolean("restored", hasChanged);
            });
            return ExitCode.Done;
        }
        call.Output.Line(hasChanged ? $"{id}  restored" : $"{id}  was not forgotten");
        return ExitCode.Done;
    }
}
