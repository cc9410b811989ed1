namespace MemoryEngine.Storage;

/// <summary>Asks for pages of a mapped file before they are touched. Only ever faster: a refusal changes nothing.</summary>
/// <remarks>
/// A page that is touched without having been asked for is read together with all that the device's read-ahead holds, which may
/// be megabytes, and nobody else's read begins before it has come.
/// </remarks>
internal static class ReadAhead
{
    /// <summary>Begins to read the pages on which the bytes lie, and does not wait for them.</summary>
    public static void Ask(nint address, nint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        var within = address % Environment.SystemPageSize;
        _ = NativeMethods.MAdvise(address - within, bytes + within, NativeMethods.AdviseWillNeed);
    }
}
