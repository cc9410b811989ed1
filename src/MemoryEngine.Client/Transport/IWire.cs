namespace MemoryEngine.Client.Transport;

/// <summary>
/// What carries a connection's bytes: a Unix socket or a Windows named pipe. Read by one thread at a time and written by one thread at a
/// time, both blocking. A failure of either is an <see cref="IOException"/>.
/// </summary>
internal interface IWire : IDisposable
{
    /// <summary>Waits for bytes; 0 when no more come.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Whether something can be read, or the end, within a time; false also where that cannot be found out.</summary>
    bool WaitToRead(TimeSpan time);

    /// <summary>Hands bytes to the system, waiting while it has no room for them.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Ends both directions, from any thread: whoever waits for one wakes up.</summary>
    void Abort();
}
