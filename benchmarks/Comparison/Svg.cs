using System.Globalization;
using System.Text;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>A picture with two axes, as text that needs nothing else to be seen.</summary>
internal sealed class Svg
{
    public const double Width = 720, Height = 440, Left = 70, Right = 20, Top = 40, Bottom = 50;

    private static readonly string[] Colours = ["#0b6e4f", "#c1440e", "#3b5ba5", "#8a5a9e"];
    private readonly StringBuilder _text = new();

    public Svg(string title)
    {
        _text.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\" ");
        _text.AppendLine(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {Height}\">");
        _text.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Text(Left, 22, "start", title);
    }

    /// <summary>Where a share of the axis lies, from 0 at the left to 1.</summary>
    public static double X(double share) => Left + (share * (Width - Left - Right));

    /// <summary>Where a share of the axis lies, from 0 at the bottom to 1.</summary>
    public static double Y(double share) => Height - Bottom - (share * (Height - Top - Bottom));

    public void Upright(double share, string label)
    {
        Rule(X(share), Top, X(share), Height - Bottom);
        Text(X(share), Height - Bottom + 18, "middle", label);
    }

    public void Level(double share, string label)
    {
        Rule(Left, Y(share), Width - Right, Y(share));
        Text(Left - 6, Y(share) + 4, "end", label);
    }

    /// <summary>A line through shares of both axes, named in the corner.</summary>
    public void Line(int number, string name, IEnumerable<(double X, double Y)> points)
    {
        var colour = Colours[number % Colours.Length];
        var places = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.0},{Y(p.Y):0.0}")));
        _text.AppendLine(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{places}\"/>");
        _text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left + 10}\" y=\"{Height - Bottom - 20 - (18 * number)}\" ");
        _text.AppendLine(CultureInfo.InvariantCulture, $"width=\"14\" height=\"4\" fill=\"{colour}\"/>");
        Text(Left + 30, Height - Bottom - 14 - (18 * number), "start", name);
    }

    public override string ToString() => _text + "</svg>\n";

    private void Rule(double x1, double y1, double x2, double y2) =>
        _text.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"#ddd\"/>");

    private void Text(double x, double y, string anchor, string text) =>
        _text.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{text}</text>");
}
