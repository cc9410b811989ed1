using System.Globalization;
using System.Text;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Recall against queries a second, the speed on a logarithmic axis, as an SVG that needs nothing else.</summary>
internal static class Plot
{
    private const double Width = 720, Height = 440, Left = 70, Right = 20, Top = 40, Bottom = 50, LowRecall = 0.85;

    private static readonly string[] Colours = ["#0b6e4f", "#c1440e", "#3b5ba5", "#8a5a9e"];

    public static string Draw(DataSet set, IReadOnlyList<Curve> curves)
    {
        var lines = curves.Select(c => c.Points.Where(p => p.Recall >= LowRecall)
            .Select(p => (p.Recall, Speed: p.Speed.Order().ElementAt(p.Speed.Length / 2))).ToArray()).ToArray();
        var speeds = lines.SelectMany(l => l).Select(p => p.Speed).DefaultIfEmpty(1).ToArray();
        var (low, high) = (Math.Floor(Math.Log2(speeds.Min())), Math.Ceiling(Math.Log2(speeds.Max())));
        var svg = new StringBuilder();
        svg.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\" ");
        svg.AppendLine(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {Height}\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Text(svg, Left, 22, "start", $"{set.Name}: queries a CPU-second against recall@10");
        for (var recall = LowRecall; recall < 1.001; recall += 0.05)
        {
            var label = recall.ToString("0.00", CultureInfo.InvariantCulture);
            Rule(svg, X(recall), Top, X(recall), Height - Bottom, label, isBelow: true);
        }
        for (var power = low; power <= high; power++)
            Rule(svg, Left, Y(power), Width - Right, Y(power), Math.Pow(2, power).ToString("N0", CultureInfo.InvariantCulture), isBelow: false);
        for (var i = 0; i < curves.Count; i++)
        {
            var colour = Colours[i % 4];
            var points = string.Join(
                ' ', lines[i].Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Recall):0.0},{Y(Math.Log2(p.Speed)):0.0}")));
            svg.AppendLine(
                CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{points}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left + 10}\" y=\"{Height - Bottom - 20 - (18 * i)}\" ");
            svg.AppendLine(CultureInfo.InvariantCulture, $"width=\"14\" height=\"4\" fill=\"{colour}\"/>");
            Text(svg, Left + 30, Height - Bottom - 14 - (18 * i), "start", curves[i].Contender.Name);
        }
        return svg.AppendLine("</svg>").ToString();

        double X(double recall) => Left + ((recall - LowRecall) / (1 - LowRecall) * (Width - Left - Right));
        double Y(double power) => Height - Bottom - ((power - low) / Math.Max(high - low, 1) * (Height - Top - Bottom));
    }

    private static void Rule(StringBuilder svg, double x1, double y1, double x2, double y2, string label, bool isBelow)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"#ddd\"/>");
        if (isBelow) Text(svg, x2, y2 + 18, "middle", label);
        else Text(svg, x1 - 6, y1 + 4, "end", label);
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{text}</text>");
}
