using MemoryEngine.Protocol;

namespace MemoryEngine.Client;

/// <summary>How a client speaks to a pool's server. Immutable: vary it with <c>with</c>.</summary>
public sealed record MemoryClientOptions
{
    /// <summary>What the client calls itself, for the server's logs.</summary>
    public string Name { get; init; } = "MemoryEngine.Client";

    /// <summary>What a server that asks for one takes as proof; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>How long a call may take, in whole milliseconds, from 1; null waits as long as the server does.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// How long a call that may be repeated tries to reach the server again after the connection broke or the server began to close.
    /// Zero does not try.
    /// </summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests under way at once, from 1; more wait here. A server refuses more than it takes, 128 if nobody has set it.</summary>
    public int MaxInFlight { get; init; } = 128;

    /// <summary>What a message may take.</summary>
    public ProtocolLimits Limits { get; init; } = ProtocolLimits.Default;

    internal void Validate()
    {
        if (Deadline is { } deadline && (deadline < TimeSpan.FromMilliseconds(1) || deadline.TotalMilliseconds > int.MaxValue))
            throw new ArgumentException($"{nameof(Deadline)} is {deadline}; it goes from 1 ms to {int.MaxValue} ms.");
        if (ReconnectFor < TimeSpan.Zero) throw new ArgumentException($"{nameof(ReconnectFor)} is {ReconnectFor}; it cannot be negative.");
        if (MaxInFlight < 1) throw new ArgumentException($"{nameof(MaxInFlight)} is {MaxInFlight}; it is at least 1.");
    }
}
