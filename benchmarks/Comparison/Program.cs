using System.Globalization;
using MemoryEngine.Benchmarks.Comparison;
using MemoryEngine.Index;
using MemoryEngine.Storage;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var arguments = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
var set = DataSets.Make(
    Text("--set") ?? "mnist", Number("--count"), Environment.GetEnvironmentVariable("MEMORYENGINE_DATA"));
set.FindTruth(Text("--keep"));
var options = new HnswOptions { Bits = Number("--bits") ?? 0, Advise = HugePages.Advise };
var rounds = Number("--rounds") ?? 5;
var peers = (Text("--peers") ?? "hnswlib,faiss-flat,faiss-sq8").Split(',', StringSplitOptions.RemoveEmptyEntries);

var contenders = new List<Contender> { new Ours(set, options, Text("--keep")) };
string[] kinds = ["hnswlib", "faiss-flat", "faiss-sq8"];
if (peers.Any(kinds.Contains))
{
    var library = PeerLibrary.Load();
    contenders.AddRange(peers.Select(p => new Peer(library, Array.IndexOf(kinds, p), p, set, options, Text("--keep"))));
}
var curves = new Interleaving(set, contenders, rounds).Run();
var report = new Report(set, curves, rounds);
report.Write(Console.Out);
if (Text("--out") is { } directory)
{
    using (var file = File.CreateText(Path.Combine(directory, $"search-{set.Name}.txt"))) report.Write(file);
    File.WriteAllText(Path.Combine(directory, $"search-{set.Name}.svg"), Plot.Draw(set, curves));
}

string? Text(string name) => arguments.GetValueOrDefault(name);

int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
