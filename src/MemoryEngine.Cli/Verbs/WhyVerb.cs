using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>One page about a transfer: what was asked, handed over, withheld and left out, why, on what evidence, and what came of it.</summary>
internal sealed class WhyVerb : Verb
{
    private readonly Argument<Guid> _transfer = Values.Transfer();

    public WhyVerb(Shell shell)
        : base(shell, "why", "Shows what a transfer handed over, withheld and left out, why, and what came of it.")
    {
        Add(_transfer);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var story = await pool.Store.WhyAsync(call.Get(_transfer), cancellation);
        if (call.Output.IsJson) call.Output.Json(json => TransferText.Write(json, story));
        else TransferText.Show(call.Output, story);
        return ExitCode.Done;
    }
}
