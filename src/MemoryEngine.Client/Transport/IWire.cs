namespace MemoryEngine.Client.Transport;

/// <summary>
/// What carries a connection's bytes: a Unix socket or a Windows named pipe. Read by one thread at a time and written by one thread at a
/// time, both blocking. A failure of either is an <see cref="IOException"/>.
/// </summary>
internal interface IWire : IDisposable
{
    /// <summary>
    /// Whether <see cref="Read"/> gives up after a moment, some milliseconds, in which nothing came. For whoever reads to set; it stays so.
    /// False also where the system has no such thing.
    /// </summary>
    bool IsImpatient { get; set; }

    /// <summary>Waits for bytes; 0 when no more come, and less than 0 when it gave up.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Hands bytes to the system, waiting while it has no room for them.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Ends both directions, from any thread: whoever waits for one wakes up.</summary>
    void Abort();
}
