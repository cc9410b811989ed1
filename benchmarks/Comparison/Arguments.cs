using System.Globalization;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>What the command line says: a benchmark's name, and options with a value each.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options;

    public Arguments(string[] args)
    {
        var isNamed = args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal);
        Benchmark = isNamed ? args[0] : "search";
        _options = args.Skip(isNamed ? 1 : 0).Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
    }

    public string Benchmark { get; }

    /// <summary>A folder that keeps graphs and true neighbours for later runs.</summary>
    public string? Keep => Text("--keep");

    public int Rounds => Number("--rounds") ?? 5;

    public HnswOptions Options => new() { Bits = Number("--bits") ?? 0, Advise = HugePages.Advise };

    public string? Text(string name) => _options.GetValueOrDefault(name);

    public int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The set that is named, without its true neighbours.</summary>
    public DataSet Set(string otherwise = "mnist") =>
        DataSets.Make(Text("--set") ?? otherwise, Number("--count"), Environment.GetEnvironmentVariable("MEMORYENGINE_DATA"));

    /// <summary>Writes a report to the console, and to a file if a folder is named.</summary>
    public void Write(string file, Action<TextWriter> report)
    {
        report(Console.Out);
        if (Text("--out") is not { } directory) return;
        using var to = File.CreateText(Path.Combine(directory, file));
        report(to);
    }
}
