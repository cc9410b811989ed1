namespace MemoryEngine.Storage;

/// <summary>Huge pages for large blocks of memory, where Linux gives them on request. Only ever faster: a refusal changes nothing.</summary>
internal static class HugePages
{
    public static void Advise(nint address, nint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = NativeMethods.MAdvise(address, bytes, NativeMethods.AdviseHugePage);
    }
}
