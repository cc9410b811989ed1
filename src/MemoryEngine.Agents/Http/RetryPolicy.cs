using System.Net;
using System.Net.Http.Headers;

namespace MemoryEngine.Agents.Http;

/// <summary>
/// When a request is repeated and after which pause: twice as long each time, of which a random half is waited, so that many
/// clients do not come back together; and never before the endpoint wants it.
/// </summary>
internal sealed class RetryPolicy(TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>Whether the endpoint found fault with the texts: too long, too many, or of a kind that it does not take.</summary>
    public static bool IsRefusal(HttpStatusCode status) =>
        status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;

    /// <param name="attempt">How many were made before, from 0.</param>
    /// <param name="wanted">What the endpoint asked for, if it did.</param>
    public static TimeSpan Pause(int attempt, TimeSpan? wanted)
    {
        var whole = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, attempt), LongestPause.TotalMilliseconds);
        var pause = TimeSpan.FromMilliseconds(whole * (0.5 + (0.5 * Random.Shared.NextDouble())));
        return wanted is { } least && least > pause ? least : pause;
    }

    /// <summary>The pause that an answer asks for by Retry-After, in seconds or as a date.</summary>
    public TimeSpan? Wanted(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };
}
