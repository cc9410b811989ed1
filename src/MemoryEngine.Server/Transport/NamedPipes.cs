using System.IO.Pipes;

namespace MemoryEngine.Server.Transport;

/// <summary>
/// Named pipes, for Windows. Only the first one who makes a name gets it, and only the same user can connect. Written for Windows and
/// tested where .NET lends Unix the same classes; never run on a real Windows machine.
/// </summary>
internal sealed class NamedPipes : IPipeTransport
{
    private const int BufferBytes = 64 << 10;

    public IPipeListener Listen(string address, string pool)
    {
        var name = PipeAddress.WindowsName(address)
            ?? throw new MemoryEngineException(ErrorCode.Storage, $@"'{address}' is no name of a pipe. One begins with \\.\pipe\.");
        return new Listener(name);
    }

    private sealed class Listener : IPipeListener
    {
        private readonly string _name;
        private NamedPipeServerStream? _next;

        public Listener(string name)
        {
            _name = name;
            try
            {
                // Made at once: from here on the name is taken.
                _next = Make(PipeOptions.FirstPipeInstance);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new MemoryEngineException(ErrorCode.Storage, $"The pipe {name} belongs to someone else: {e.Message}", e);
            }
        }

        public async Task<IPipeConnection> AcceptAsync(CancellationToken cancellation)
        {
            var pipe = _next ??= Make(PipeOptions.None);
            await pipe.WaitForConnectionAsync(cancellation).ConfigureAwait(false);
            _next = null;
            return new PipeConnection(pipe);
        }

        public void Dispose() => _next?.Dispose();

        private NamedPipeServerStream Make(PipeOptions more) => new(
            _name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly | more, BufferBytes, BufferBytes);
    }

    private sealed class PipeConnection(NamedPipeServerStream pipe) : IPipeConnection
    {
        // The pipe was made for the current user only, and lets nobody else in.
        public bool IsSameUser => true;

        public int Read(Span<byte> buffer)
        {
            try
            {
                return pipe.Read(buffer);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
            {
                return 0;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            try
            {
                pipe.Write(bytes);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                throw new IOException("The connection was closed.", e);
            }
        }

        // A pipe does not tell how much room it has.
        public bool CanWrite(int bytes) => false;

        // Disposing is what wakes a reader of a pipe.
        public void Abort() => pipe.Dispose();

        public void Dispose() => pipe.Dispose();
    }
}
