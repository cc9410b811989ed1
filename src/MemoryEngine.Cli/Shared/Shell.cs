using System.CommandLine;

namespace MemoryEngine.Cli.Shared;

/// <summary>What every verb shares: the streams and the options that all of them take.</summary>
internal sealed class Shell(Terminal terminal)
{
    public const string DefaultPool = ".memengine";

    public Terminal Terminal => terminal;

    public Option<string> PoolOption { get; } = new("--pool")
    {
        Description = "The pool's directory.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultPool,
        Recursive = true,
    };

    public Option<bool> JsonOption { get; } = new("--json")
    {
        Description = "One JSON document on standard output, and nothing else there.",
        Recursive = true,
    };

    public Option<bool> QuietOption { get; } = new("-q", "--quiet")
    {
        Description = "No notes and no progress.",
        Recursive = true,
    };
}
