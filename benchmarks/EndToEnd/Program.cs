using MemoryEngine.Benchmarks.EndToEnd;

// One command a line: a name and a method that takes the arguments after it.
var commands = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["recall"] = RecallBenchmark.Run,
    ["analysis"] = AnalysisBenchmark.Run,
    ["pairs"] = PairsBenchmark.Run,
    ["records"] = RecordsBenchmark.Run,
    ["bodies"] = BodiesBenchmark.Run,
    ["snapshots"] = SnapshotsBenchmark.Run,
    ["lexical"] = LexicalBenchmark.Run,
    ["open"] = OpenBenchmark.Run,
    ["importing"] = ImportingBenchmark.Run,
    ["idle"] = IdleBenchmark.Run,
    ["pipe"] = PipeBenchmark.Run,
    ["verify"] = VerifyBenchmark.Run,
    ["telemetry"] = TelemetryBenchmark.Run,
    ["evidence"] = EvidenceBenchmark.Run,
};

if (args.Length > 0 && commands.TryGetValue(args[0], out var command)) return command(args[1..]);
Console.Error.WriteLine($"Usage: dotnet run -c Release --project benchmarks/EndToEnd -- <{string.Join('|', commands.Keys)}> [--name value ...]");
return 2;
