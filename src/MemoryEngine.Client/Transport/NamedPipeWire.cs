using System.IO.Pipes;

namespace MemoryEngine.Client.Transport;

/// <summary>A Windows named pipe of this computer and this user.</summary>
internal sealed class NamedPipeWire : IWire
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly NamedPipeClientStream _pipe;

    private NamedPipeWire(NamedPipeClientStream pipe) => _pipe = pipe;

    /// <exception cref="TimeoutException">Nobody listens there.</exception>
    public static NamedPipeWire Connect(string name)
    {
        // Asynchronous also where it is not used so: a synchronous pipe cannot be read and written at once.
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            pipe.Connect(ConnectTimeout);
            return new NamedPipeWire(pipe);
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    public bool IsImpatient
    {
        get => false;
        set
        {
            // A pipe has no such thing: its calls are all left to the thread that waits.
        }
    }

    public int Read(Span<byte> buffer)
    {
        try
        {
            return _pipe.Read(buffer);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("The connection was closed.", e);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _pipe.Write(bytes);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("The connection was closed.", e);
        }
    }

    public void Abort() => _pipe.Dispose();

    public void Dispose() => _pipe.Dispose();
}
