using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli;

/// <summary>The entry points: the process's, and one that tests call with streams of their own.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, Terminal.OfProcess());

    public static Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation = default) =>
        new CommandTree(terminal).RunAsync(args, cancellation);
}
