namespace MemoryEngine.Cli.Shared;

/// <summary>The streams of one run, and which of them a person is looking at.</summary>
internal sealed record Terminal(
    TextReader In, TextWriter Out, TextWriter Error, bool IsOutTerminal = false, bool IsErrorTerminal = false)
{
    /// <summary>Reads a variable of the environment.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public static Terminal OfProcess() => new(
        Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected && !IsDumb, !Console.IsErrorRedirected && !IsDumb);

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") == "dumb";
}
