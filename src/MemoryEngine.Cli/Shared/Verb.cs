using System.CommandLine;

namespace MemoryEngine.Cli.Shared;

/// <summary>One verb: its arguments and options as fields, what it does in <see cref="RunAsync"/>.</summary>
internal abstract class Verb : Command
{
    protected Verb(Shell shell, string name, string description)
        : base(name, description)
    {
        Shell = shell;
        SetAction(GuardAsync);
    }

    protected Shell Shell { get; }

    protected abstract Task<int> RunAsync(Call call, CancellationToken cancellation);

    private async Task<int> GuardAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var output = new Output(Shell.Terminal, parsed.GetValue(Shell.JsonOption), parsed.GetValue(Shell.QuietOption));
        try
        {
            return await RunAsync(new Call(parsed, Shell, output), cancellation);
        }
        catch (Exception e)
        {
            return Failure.Report(output, e);
        }
    }
}

/// <summary>One run of a verb: what was asked, and where the answer goes.</summary>
internal sealed class Call(ParseResult parsed, Shell shell, Output output)
{
    public Output Output => output;

    public Terminal Terminal => shell.Terminal;

    public string Pool => parsed.GetValue(shell.PoolOption)!;

    public bool IsPoolGiven => parsed.GetResult(shell.PoolOption) is { Implicit: false };

    /// <summary>Whether an option stands on the command line, with a value or without.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>The text of an argument, or of standard input when it is <c>-</c>.</summary>
    public async Task<string> ReadTextAsync(string text, CancellationToken cancellation) =>
        text == "-" ? (await Terminal.In.ReadToEndAsync(cancellation)).TrimEnd('\r', '\n') : text;
}
