using System.CommandLine;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Server;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Owns the pool and answers other processes until it is told to end.</summary>
internal sealed class ServeVerb : Verb
{
    /// <summary>How long the process is given to end in order.</summary>
    public static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _pipe = Values.Text(
        "--pipe", @"Where to listen: a socket's path in a directory of mode 700, or \\.\pipe\NAME; in the pool when not given.", "PATH");

    private readonly EmbedderOptions _embedder = new();
    private readonly TelemetryOptions _telemetry = new();

    public ServeVerb(Shell shell)
        : base(shell, "serve", "Owns the pool, which is made when there is none, and answers other processes over its pipe.")
    {
        Add(_pipe);
        _embedder.AddTo(this);
        _telemetry.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var export = _telemetry.Start(call);
        using var embedder = _embedder.Choose(call);
        var options = new PipeServerOptions { Address = call.Get(_pipe), Logger = new NoteLogger(call.Output) };
        await using var server = await PipeServer.StartAsync(
            call.Pool, _telemetry.Apply(call, embedder.Apply(new MemoryStoreOptions { OwnerName = "memengine serve" })), options, cancellation);
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("pool", Path.GetFullPath(call.Pool));
                json.WriteString("pipe", server.Address);
                json.WriteNumber("pid", Environment.ProcessId);
            });
        }
        else
        {
            call.Output.Line($"Serving {Path.GetFullPath(call.Pool)} at {server.Address}. Ctrl-C or SIGTERM ends it.");
        }
        await call.Terminal.Out.FlushAsync(cancellation);
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Done;
    }
}
