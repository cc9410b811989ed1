namespace MemoryEngine.Storage;

/// <summary>Lets others go before a thread where they want the same processor. .NET's own thread priorities do nothing on Linux.</summary>
internal static class LowPriority
{
    // Against a thread of the usual niceness, a third of its share.
    private const int Niceness = 5;

    /// <summary>Lowers the calling thread's priority for good. Only ever a favour: a refusal changes nothing.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux()) _ = NativeMethods.SetPriority(0, 0, Niceness);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }
}
