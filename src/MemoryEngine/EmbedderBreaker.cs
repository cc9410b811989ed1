namespace MemoryEngine;

/// <summary>
/// Keeps an embedder that is down from costing its timeout again and again. After a failure nobody asks it for a pause that
/// doubles from one failure to the next; then one caller tries, and the others go on without until that one knows.
/// </summary>
internal sealed class EmbedderBreaker(TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private string? _problem;
    private TimeSpan _pause;
    private long _failedAt;
    private bool _isProbing;

    /// <summary>Why the embedder is not asked, or null while all is well.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate) return _problem;
        }
    }

    /// <summary>Whether the embedder may be asked now. Who may says afterwards what became of it.</summary>
    /// <param name="turn">The right to ask.</param>
    /// <param name="why">Why not.</param>
    public bool TryEnter(out Turn turn, out string? why)
    {
        lock (_gate)
        {
            (turn, why) = (new Turn(IsProbe: _problem is not null), null);
            if (_problem is null) return true;
            var left = _pause - clock.GetElapsedTime(_failedAt);
            if (left <= TimeSpan.Zero && !_isProbing)
            {
                _isProbing = true;
                return true;
            }
            why = _isProbing ? $"{_problem} It is being tried again." : $"{_problem} It is tried again in {left.TotalSeconds:0.#} s.";
            return false;
        }
    }

    public void Succeed(Turn turn)
    {
        lock (_gate)
        {
            _problem = null;
            if (turn.IsProbe) _isProbing = false;
        }
    }

    public void Fail(Turn turn, string problem)
    {
        lock (_gate)
        {
            if (turn.IsProbe) _isProbing = false;
            // Those that were under way when the first of them failed say nothing new.
            else if (_problem is not null) return;
            _pause = turn.IsProbe ? TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks)) : FirstPause;
            (_problem, _failedAt) = (problem, clock.GetTimestamp());
        }
    }

    /// <summary>Nothing became of it: the caller went away.</summary>
    public void Abandon(Turn turn)
    {
        lock (_gate)
            if (turn.IsProbe) _isProbing = false;
    }

    /// <summary>The right to ask once.</summary>
    /// <param name="IsProbe">Whether the embedder was down, and this one tries whether it is back.</param>
    public readonly record struct Turn(bool IsProbe);
}
