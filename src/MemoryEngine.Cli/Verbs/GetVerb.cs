using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Shows one memory.</summary>
internal sealed class GetVerb : Verb
{
    private readonly Argument<Guid> _id = Values.Id();
    private readonly Option<int?> _version = Values.Positive("--version", "This version; otherwise the current one.");
    private readonly Option<string?> _asOf = Values.AsOf();

    public GetVerb(Shell shell)
        : base(shell, "get", "Shows one memory.")
    {
        Add(_id);
        Add(_version);
        Add(_asOf);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (id, version) = (call.Get(_id), call.Get(_version));
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var reader = await pool.AsOfAsync(call.Get(_asOf), cancellation);
        var memory = await reader.GetAsync(id, version, cancellation);
        if (memory is null && version is not null && await reader.GetAsync(id, null, cancellation) is not null)
            throw Unknown.Version(id, version.Value);
        if (memory is null) throw Unknown.Memory(id);
        if (call.Output.IsJson) call.Output.Json(json => MemoryText.WriteFields(json, memory));
        else MemoryText.Show(call.Output, memory);
        return ExitCode.Done;
    }
}
