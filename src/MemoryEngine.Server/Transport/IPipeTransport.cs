namespace MemoryEngine.Server.Transport;

/// <summary>The one seam between the server and what carries its bytes: a Unix socket or a Windows named pipe.</summary>
internal interface IPipeTransport
{
    /// <summary>Begins to listen. The caller owns the pool's lock: what a dead owner left at the address is replaced.</summary>
    /// <param name="address">A socket's path, or a pipe's name.</param>
    /// <param name="pool">The pool's directory.</param>
    /// <exception cref="MemoryEngineException">The address is not safe, or not free.</exception>
    IPipeListener Listen(string address, string pool);
}

/// <summary>Takes connections at one address.</summary>
internal interface IPipeListener : IDisposable
{
    /// <summary>Waits for the next connection. Whoever connects is not yet known to be welcome.</summary>
    Task<IPipeConnection> AcceptAsync(CancellationToken cancellation);
}

/// <summary>
/// One connection: two streams of bytes, read by one thread and written by one thread at a time, both blocking. A failure of either
/// is an <see cref="IOException"/>.
/// </summary>
internal interface IPipeConnection : IDisposable
{
    /// <summary>Whether the process at the other end belongs to this process's user.</summary>
    bool IsSameUser { get; }

    /// <summary>Waits for bytes; 0 when no more come.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Hands bytes to the system, waiting while it has no room for them.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Whether so many bytes can be written now without waiting.</summary>
    bool CanWrite(int bytes);

    /// <summary>Ends both streams, from any thread: whoever waits for one wakes up. What was written can still be read over there.</summary>
    void Abort();
}
