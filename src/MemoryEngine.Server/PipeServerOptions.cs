using MemoryEngine.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemoryEngine.Server;

/// <summary>How a pool is served. Immutable: vary it with <c>with</c>.</summary>
public sealed record PipeServerOptions
{
    /// <summary>
    /// A socket's path of at most 107 bytes, in the pool or in a directory of mode 700; on Windows <c>\\.\pipe\NAME</c>. Null takes
    /// <c>pipe</c> in the pool, or a name that follows from the pool's path.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>What clients must bring in their hello; null asks for nothing, since only the same user can connect.</summary>
    public string? Token { get; init; }

    /// <summary>Connections at once; one more is told that the server is busy, and closed.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Requests of one connection that may be unanswered; one more is refused as busy.</summary>
    public int MaxInFlight { get; init; } = 128;

    /// <summary>
    /// Bytes of answers that may wait for one client to read them; one that lets more wait is disconnected. From a quarter of them on none of
    /// its requests is begun before it reads.
    /// </summary>
    public int MaxQueuedBytes { get; init; } = 8 << 20;

    /// <summary>Bytes that all connections together may hold for messages that arrive, are worked on, or wait to be read.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>How long a message may take from its first byte to its last, and a client to take in anything at all of an answer.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests may still take when the server is closing.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a message may take.</summary>
    public ProtocolLimits Limits { get; init; } = ProtocolLimits.Default;

    /// <summary>The clock of timeouts and deadlines.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where connections that were refused or cut, and defects, are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Throws when something is out of its bounds.</summary>
    /// <exception cref="ArgumentException">The message names it.</exception>
    public void Validate()
    {
        Positive(MaxConnections, nameof(MaxConnections));
        Positive(MaxInFlight, nameof(MaxInFlight));
        Positive(MaxQueuedBytes, nameof(MaxQueuedBytes));
        Positive(MemoryBytes, nameof(MemoryBytes));
        Positive(MessageTimeout.Ticks, nameof(MessageTimeout));
        Positive(DrainTimeout.Ticks + 1, nameof(DrainTimeout));
        if (MemoryBytes < Limits.MaxMessageBytes)
            throw new ArgumentException($"{nameof(MemoryBytes)} is {MemoryBytes}, less than one message of {Limits.MaxMessageBytes} bytes.");
    }

    private static void Positive(long value, string name)
    {
        if (value <= 0) throw new ArgumentException($"{name} must be positive.");
    }
}
