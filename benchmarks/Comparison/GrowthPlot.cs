using System.Globalization;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>The time of a query against how many vectors there are, both on logarithmic axes.</summary>
internal static class GrowthPlot
{
    public static string Draw(int[] counts, IReadOnlyList<(string Name, double[] Micros)> lines)
    {
        var all = lines.SelectMany(l => l.Micros).Where(double.IsFinite).ToArray();
        var (low, high) = (Math.Floor(Math.Log2(all.Min())), Math.Ceiling(Math.Log2(all.Max())));
        var svg = new Svg("128 dimensions: microseconds a query against vectors");
        for (var i = 0; i < counts.Length; i++) svg.Upright(X(counts[i]), counts[i].ToString("N0", CultureInfo.InvariantCulture));
        for (var power = low; power <= high; power++) svg.Level(Y(power), Math.Pow(2, power).ToString("N0", CultureInfo.InvariantCulture));
        for (var i = 0; i < lines.Count; i++)
            svg.Line(i, lines[i].Name, lines[i].Micros.Select((m, j) => (X(counts[j]), Y(Math.Log2(m)))).Where(p => double.IsFinite(p.Item2)));
        return svg.ToString();

        double X(int count) => 0.05 + (0.9 * Math.Log((double)count / counts[0]) / Math.Max(Math.Log((double)counts[^1] / counts[0]), 1));
        double Y(double power) => (power - low) / Math.Max(high - low, 1);
    }
}
