using System.Net.Sockets;

namespace MemoryEngine.Client.Transport;

/// <summary>Connects to an address.</summary>
internal static class PipeDialer
{
    private const string WindowsPrefix = @"\\.\pipe\";

    /// <summary>A connection to a socket's path or a pipe's name.</summary>
    /// <exception cref="IOException">Nobody answers there.</exception>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public static IWire Connect(string address)
    {
        try
        {
            return address.StartsWith(WindowsPrefix, StringComparison.OrdinalIgnoreCase)
                ? NamedPipeWire.Connect(address[WindowsPrefix.Length..])
                : SocketWire.Connect(address);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ArgumentException($"{address} is no address of a pipe: {e.Message}", nameof(address), e);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or UnauthorizedAccessException)
        {
            throw new IOException($"Nobody answers at {address}: {e.Message}", e);
        }
    }
}
