namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Recall and speed beside the peers, in turns.</summary>
internal static class SearchBenchmark
{
    private static readonly string[] Kinds = ["hnswlib", "faiss-flat", "faiss-sq8"];

    public static void Run(Arguments arguments)
    {
        var set = arguments.Set();
        set.FindTruth(arguments.Keep);
        var peers = (arguments.Text("--peers") ?? string.Join(',', Kinds)).Split(',', StringSplitOptions.RemoveEmptyEntries);
        var contenders = new List<Contender> { new Ours(set, arguments.Options, arguments.Keep) };
        if (peers.Length > 0)
        {
            var library = PeerLibrary.Load(arguments.Text("--faiss-source"));
            contenders.AddRange(peers.Select(p => new Peer(library, Array.IndexOf(Kinds, p), p, set, arguments.Options, arguments.Keep)));
        }
        var curves = new Interleaving(set, contenders, arguments.Rounds).Run();
        arguments.Write($"search-{set.Name}.txt", new Report(set, curves, arguments.Rounds).Write);
        if (arguments.Text("--out") is { } directory)
            File.WriteAllText(Path.Combine(directory, $"search-{set.Name}.svg"), Plot.Draw(set, curves));
    }
}
