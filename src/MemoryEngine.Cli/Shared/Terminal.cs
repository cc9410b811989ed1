namespace MemoryEngine.Cli.Shared;

/// <summary>The streams of one run, and which of them a person is looking at.</summary>
internal sealed record Terminal(
    TextReader In, TextWriter Out, TextWriter Error, bool IsOutTerminal = false, bool IsErrorTerminal = false)
{
    public static Terminal OfProcess() => new(
        Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected && !IsDumb, !Console.IsErrorRedirected && !IsDumb);

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") == "dumb";
}
