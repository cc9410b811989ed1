using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Removes memories for good.</summary>
internal sealed class PurgeVerb : Verb
{
    private readonly Argument<Guid[]> _ids = Values.Ids();
    private readonly Option<bool> _yes = new("--yes") { Description = "Does not ask." };

    public PurgeVerb(Shell shell)
        : base(shell, "purge", "Removes memories for good, from every version, snapshot and file of the pool. Backups keep what they have.")
    {
        Add(_ids);
        Add(_yes);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var ids = call.Get(_ids);
        if (!call.Get(_yes)) await AskAsync(call, ids.Length, cancellation);
        await using var store = await PoolDoor.OpenOwnAsync(call.Pool, create: false, ChosenEmbedder.Unused, cancellation);
        var purged = await store.PurgeAsync(ids, cancellation);
        if (call.Output.IsJson) call.Output.Json(json => json.WriteNumber("purged", purged));
        else call.Output.Line($"{purged:N0} purged. Backups and exported files keep what they have.");
        return ExitCode.Done;
    }

    private static async Task AskAsync(Call call, int count, CancellationToken cancellation)
    {
        call.Output.Error($"This removes {(count == 1 ? "the memory" : $"{count} memories")} for good. Type 'purge' to go on:");
        var answer = await call.Terminal.In.ReadLineAsync(cancellation);
        if (answer?.Trim() != "purge") throw new UsageException("Nothing was purged. Answer 'purge', or give --yes.");
    }
}
