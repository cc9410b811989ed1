using System.Globalization;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Recall against queries a second, the speed on a logarithmic axis.</summary>
internal static class Plot
{
    private const double LowRecall = 0.85;

    public static string Draw(DataSet set, IReadOnlyList<Curve> curves)
    {
        var lines = curves.Select(c => c.Points.Where(p => p.Recall >= LowRecall)
            .Select(p => (p.Recall, Speed: p.Speed.Order().ElementAt(p.Speed.Length / 2))).ToArray()).ToArray();
        var speeds = lines.SelectMany(l => l).Select(p => p.Speed).DefaultIfEmpty(1).ToArray();
        var (low, high) = (Math.Floor(Math.Log2(speeds.Min())), Math.Ceiling(Math.Log2(speeds.Max())));
        var svg = new Svg($"{set.Name}: queries a CPU-second against recall@10");
        for (var recall = LowRecall; recall < 1.001; recall += 0.05)
            svg.Upright(X(recall), recall.ToString("0.00", CultureInfo.InvariantCulture));
        for (var power = low; power <= high; power++) svg.Level(Y(power), Math.Pow(2, power).ToString("N0", CultureInfo.InvariantCulture));
        for (var i = 0; i < curves.Count; i++)
            svg.Line(i, curves[i].Contender.Name, lines[i].Select(p => (X(p.Recall), Y(Math.Log2(p.Speed)))));
        return svg.ToString();

        double X(double recall) => (recall - LowRecall) / (1 - LowRecall);
        double Y(double power) => (power - low) / Math.Max(high - low, 1);
    }
}
