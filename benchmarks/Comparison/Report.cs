namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>The figures as text: at two recalls, as ratios to each peer round by round, and every point.</summary>
internal sealed class Report(DataSet set, IReadOnlyList<Curve> curves, int rounds)
{
    private static readonly double[] Recalls = [0.95, 0.99];

    public void Write(TextWriter to)
    {
        to.WriteLine(
            $"{set.Name}: {set.Rows.Count:N0} vectors of {set.Rows.Dimension} dimensions, {set.Rows.Metric}, {set.Queries.Count:N0} queries, " +
            $"k {DataSet.K}, M 16, efConstruction 200, one thread, {rounds} interleaved rounds; medians (minimum to maximum).");
        to.WriteLine();
        to.WriteLine("| index | build, CPU s | resident MB | queries a CPU-second at 0.95 | at 0.99 |");
        to.WriteLine("|---|---|---|---|---|");
        foreach (var c in curves)
            to.WriteLine(
                $"| {c.Contender.Name} | {(c.Contender.IsFromFile ? "kept" : $"{c.Contender.BuildCpuSeconds:0.0}")} | " +
                $"{c.Contender.Bytes / 1e6:0.0} | {Spread(r => c.At(0.95, r), "0")} | {Spread(r => c.At(0.99, r), "0")} |");
        to.WriteLine();
        foreach (var peer in curves.Skip(1))
            foreach (var recall in Recalls)
            {
                var ratio = Spread(r => curves[0].At(recall, r) / peer.At(recall, r), "0.00");
                to.WriteLine($"{curves[0].Contender.Name} / {peer.Contender.Name} at {recall}: {ratio}");
            }
        to.WriteLine();
        foreach (var c in curves)
            foreach (var p in c.Points)
                to.WriteLine(
                    $"{c.Contender.Name,-10} ef {p.Ef,4}  recall {p.Recall:0.0000}  {Spread(r => p.Speed[r], "0")} queries a CPU-second" +
                    (p.Codes > 0 ? $"; {p.Codes:0} distances of codes and {p.Floats:0.0} of floats a query" : ""));
    }

    private string Spread(Func<int, double> value, string format)
    {
        var values = Enumerable.Range(0, rounds).Select(value).Order().ToArray();
        return $"{values[rounds / 2].ToString(format, null)} ({values[0].ToString(format, null)} to {values[^1].ToString(format, null)})";
    }
}
