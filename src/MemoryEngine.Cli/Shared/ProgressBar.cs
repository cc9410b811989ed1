using System.Diagnostics;

namespace MemoryEngine.Cli.Shared;

/// <summary>A bar that redraws itself on one line of a terminal, a few times a second, and wipes itself away at the end.</summary>
internal sealed class ProgressBar(TextWriter? target, string what, TimeSpan interval) : IDisposable
{
    private const int Width = 30;

    private long _drawn = Stopwatch.GetTimestamp();
    private int _length;

    /// <summary>Shows how far it is.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="count">What is done so far.</param>
    public void Report(double share, long count)
    {
        if (target is null || Stopwatch.GetElapsedTime(_drawn) < interval) return;
        _drawn = Stopwatch.GetTimestamp();
        share = Math.Clamp(share, 0, 1);
        var full = (int)(share * Width);
        var line = $"[{new string('#', full)}{new string(' ', Width - full)}] {share,4:P0}  {count:N0} {what}";
        target.Write('\r' + line.PadRight(_length));
        target.Flush();
        _length = line.Length;
    }

    public void Dispose()
    {
        if (target is null || _length == 0) return;
        target.Write('\r' + new string(' ', _length) + '\r');
        target.Flush();
    }
}
