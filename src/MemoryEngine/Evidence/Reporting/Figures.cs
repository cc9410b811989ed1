using MemoryEngine.Evidence.State;

namespace MemoryEngine.Evidence.Reporting;

/// <summary>Makes figures of measures: nothing measured is null, never a number that looks like one.</summary>
internal static class Figures
{
    private const double Points = 100;

    /// <summary>What is counted, not estimated.</summary>
    public static EvidenceFigure Counted(string name, double value, long count, string? article = null) =>
        count == 0 ? Unknown(name, article) : new(name, value, value, value, count, article);

    /// <summary>A share with Wilson's interval.</summary>
    public static EvidenceFigure Of(string name, Share share, string? article = null) =>
        share.Of == 0 ? Unknown(name, article) : Of(name, share.Value, share.Interval, share.Of, article);

    /// <summary>A gain in points, with how many outcomes the smaller arm has.</summary>
    public static EvidenceFigure Of(string name, Gain gain, string? article = null) => gain.Arms switch
    {
        { Memory.Count: 0 } or { Control.Count: 0 } => Unknown(name, article),
        var (control, memory) => InPoints(name, gain.Value, gain.Interval, Math.Min(control.Count, memory.Count), article),
    };

    /// <summary>A difference of rates, in points.</summary>
    public static EvidenceFigure InPoints(string name, double value, Interval interval, long count, string? article = null) =>
        Of(name, Points * value, new Interval(Points * interval.Low, Points * interval.High), count, article);

    /// <summary>Any estimate; what is no number is not known.</summary>
    public static EvidenceFigure Of(string name, double value, Interval interval, long count, string? article = null) =>
        new(name, Known(value), Known(interval.Low), Known(interval.High), count, article);

    /// <summary>Nothing was measured.</summary>
    public static EvidenceFigure Unknown(string name, string? article = null) => new(name, null, null, null, 0, article);

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
