namespace MemoryEngine.Storage;

/// <summary>Lets others go before a thread where they want the same processor. .NET's own thread priorities do nothing on Linux.</summary>
internal static class LowPriority
{
    // Against a thread of the usual niceness, a third of its share.
    private const int Niceness = 5;

    // A sixtieth; whoever wakes up beside it runs at once.
    private const int LastNiceness = 19;

    /// <summary>Lowers the calling thread's priority for good. Only ever a favour: a refusal changes nothing.</summary>
    public static void Take() => Take(Niceness, ThreadPriority.BelowNormal);

    /// <summary>Lowers it as far as it goes.</summary>
    public static void TakeLast() => Take(LastNiceness, ThreadPriority.Lowest);

    private static void Take(int niceness, ThreadPriority elsewhere)
    {
        if (OperatingSystem.IsLinux()) _ = NativeMethods.SetPriority(0, 0, niceness);
        else Thread.CurrentThread.Priority = elsewhere;
    }
}
