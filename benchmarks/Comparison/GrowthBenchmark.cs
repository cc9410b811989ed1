namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Ten thousand, a hundred thousand and a million vectors of 128 dimensions, a hundred to a cluster each time: how searches slow
/// down, beside hnswlib in turns. A build of hnswlib's of a million takes some minutes; --keep keeps it.
/// </summary>
internal static class GrowthBenchmark
{
    private static readonly double[] Recalls = [0.95, 0.99];

    public static void Run(Arguments arguments)
    {
        int[] counts = [.. (arguments.Text("--counts") ?? "10000,100000,1000000").Split(',').Select(int.Parse)];
        var points = new List<(int Count, Curve Ours, Curve Theirs)>();
        var library = PeerLibrary.Load();
        foreach (var count in counts)
        {
            var set = DataSets.Make("clustered128", count, data: null);
            set.FindTruth(arguments.Keep);
            Contender[] contenders =
            [
                new Ours(set, arguments.Options, arguments.Keep),
                new Peer(library, 0, "hnswlib", set, arguments.Options, arguments.Keep),
            ];
            var curves = new Interleaving(set, contenders, arguments.Rounds).Run();
            new Report(set, curves, arguments.Rounds).Write(Console.Error);
            points.Add((count, curves[0], curves[1]));
        }
        arguments.Write("growth.txt", to =>
        {
            to.WriteLine($"128 dimensions, {arguments.Rounds} rounds in turns; microseconds of processor time a query, medians.");
            to.WriteLine("vectors  recall  memengine  hnswlib  ratio (minimum to maximum)  build CPU s, memengine / hnswlib");
            foreach (var (count, ours, theirs) in points)
                foreach (var recall in Recalls)
                {
                    var ratios = Enumerable.Range(0, arguments.Rounds).Select(r => ours.At(recall, r) / theirs.At(recall, r)).Order().ToArray();
                    to.WriteLine(
                        $"{count,9:N0}  {recall:0.00}  {Micros(ours, recall, arguments.Rounds):0.0}  " +
                        $"{Micros(theirs, recall, arguments.Rounds):0.0}  " +
                        $"{ratios[ratios.Length / 2]:0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})  {Build(ours)} / {Build(theirs)}");
                }
        });
        if (arguments.Text("--out") is not { } directory) return;
        (string, double[])[] lines =
        [
            .. Recalls.Select(recall => ($"memengine at {recall}", points.Select(p => Micros(p.Ours, recall, arguments.Rounds)).ToArray())),
            .. Recalls.Select(recall => ($"hnswlib at {recall}", points.Select(p => Micros(p.Theirs, recall, arguments.Rounds)).ToArray())),
        ];
        File.WriteAllText(Path.Combine(directory, "growth.svg"), GrowthPlot.Draw(counts, lines));
    }

    private static string Build(Curve curve) => curve.Contender.IsFromFile ? "kept" : $"{curve.Contender.BuildCpuSeconds:0.0}";

    private static double Micros(Curve curve, double recall, int rounds) =>
        Enumerable.Range(0, rounds).Select(r => 1e6 / curve.At(recall, r)).Order().ElementAt(rounds / 2);
}
