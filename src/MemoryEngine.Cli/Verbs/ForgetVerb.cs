using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Forgets a memory: it is recalled no more, and can be restored.</summary>
internal sealed class ForgetVerb : Verb
{
    private readonly Argument<Guid> _id = Values.Id();

    public ForgetVerb(Shell shell)
        : base(shell, "forget", "Forgets a memory: it is recalled no more, and can be restored.")
    {
        Add(_id);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var id = call.Get(_id);
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var hasChanged = await pool.Store.ForgetAsync(id, cancellation);
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("id", id);
                json.WriteBoolean("forgotten", hasChanged);
            });
            return ExitCode.Done;
        }
        call.Output.Line(hasChanged ? $"{id}  forgotten" : $"{id}  was forgotten already");
        return ExitCode.Done;
    }
}
