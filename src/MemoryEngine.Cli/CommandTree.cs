using System.CommandLine;
using System.CommandLine.Parsing;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Cli.Verbs;

namespace MemoryEngine.Cli;

/// <summary>All verbs under one root, and what becomes of a command line that does not parse.</summary>
internal sealed class CommandTree
{
    private readonly Terminal _terminal;
    private readonly Shell _shell;
    private readonly RootCommand _root;

    public CommandTree(Terminal terminal)
    {
        _terminal = terminal;
        _shell = new Shell(terminal);
        _root = new RootCommand("A memory engine for coding agents: remember what a task taught, recall what helps on the next one.")
        {
            _shell.PoolOption,
            _shell.JsonOption,
            _shell.QuietOption,
            new QuickstartVerb(_shell),
            new RememberVerb(_shell),
            new ReviseVerb(_shell),
            new ForgetVerb(_shell),
            new RestoreVerb(_shell),
            new PurgeVerb(_shell),
            new ImportVerb(_shell),
            new ExportVerb(_shell),
            new DistillVerb(_shell),
            new RecallVerb(_shell),
            new VerifyVerb(_shell),
            new ReportVerb(_shell),
            new WhyVerb(_shell),
            new GetVerb(_shell),
            new HistoryVerb(_shell),
            new ListVerb(_shell),
            new StatsVerb(_shell),
            new Command("snapshot", "Names for what the pool held at one moment: made, read, compared, rolled back to.")
            {
                new SnapshotCreateVerb(_shell),
                new SnapshotListVerb(_shell),
                new SnapshotDropVerb(_shell),
                new SnapshotDiffVerb(_shell),
                new SnapshotRollbackVerb(_shell),
            },
            new ReembedVerb(_shell),
            new CheckVerb(_shell),
            new RepairVerb(_shell),
            new UpgradeVerb(_shell),
            new CompactVerb(_shell),
            new MaintainVerb(_shell),
            new Command("backup", "Copies of a pool, made while it is in use.")
            {
                new BackupCreateVerb(_shell),
                new BackupRestoreVerb(_shell),
            },
            new McpVerb(_shell),
            new ServeVerb(_shell),
            new AdviseVerb(_shell),
            new ReplayVerb(_shell),
            new SimulateVerb(_shell),
            new Command("bench", "Measures this machine.")
            {
                new BenchCommitVerb(_shell),
                new BenchOpenVerb(_shell),
                new BenchPipeVerb(_shell),
                new BenchRetrievalVerb(_shell),
                new BenchSearchVerb(_shell),
            },
        };
    }

    public async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        // A text may begin with '@': it is a text, not the name of a file of arguments.
        var parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is System.CommandLine.Invocation.ParseErrorAction) return ReportUsage(args, parsed);
        var configuration = new InvocationConfiguration
        {
            Output = _terminal.Out,
            Error = _terminal.Error,
            EnableDefaultExceptionHandler = false,
        };
        if (parsed.CommandResult.Command is ServeVerb) configuration.ProcessTerminationTimeout = ServeVerb.TimeToEnd;
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    private int ReportUsage(string[] args, ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
            names.Push(command.Command.Name);
        var messages = string.Join(' ', parsed.Errors.Select(e => e.Message).Distinct());
        var help = string.Join(' ', names.Prepend("memengine").Append("--help"));
        var output = new Output(_terminal, isJson: args.Contains("--json"), isQuiet: false);
        return Failure.Report(output, new UsageException($"{messages} See '{help}'."));
    }
}
