namespace MemoryEngine.CrashTests;

/// <summary>One byte on standard output: the moment that the parent waits for has come.</summary>
internal static class Signal
{
    public static void Send()
    {
        using var output = Console.OpenStandardOutput();
        output.WriteByte((byte)'!');
        output.Flush();
    }
}
