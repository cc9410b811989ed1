using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MemoryEngine.Kernels.Tests.Neon;

/// <summary>The kernels as ARM code, in a process of their own under an emulator: harness.c is the other side.</summary>
internal sealed class NeonProcess : IDisposable
{
    /// <summary>The emulator and the program, with a space between them.</summary>
    public const string Variable = "MEMORYENGINE_NEON";

    private readonly Process _process;

    public NeonProcess()
    {
        var parts = Command!.Split(' ', 2);
        _process = Process.Start(new ProcessStartInfo(parts[0], parts[1]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public static string? Command => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } command ? command : null;

    public TResult[] Run<TResult, TFirst, TSecond>(int kernel, int length, int stride, int count, TFirst[] first, TSecond[] second)
        where TResult : unmanaged
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        var a = MemoryMarshal.AsBytes<TFirst>(first);
        var b = MemoryMarshal.AsBytes<TSecond>(second);
        var input = _process.StandardInput.BaseStream;
        input.Write(MemoryMarshal.AsBytes<int>([kernel, length, stride, count, a.Length, b.Length]));
        input.Write(a);
        input.Write(b);
        input.Flush();
        var results = new TResult[count];
        _process.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(results.AsSpan()));
        return results;
    }

    /// <summary>Ends the process by ending its input, and sees that it ended well.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        var code = _process.ExitCode;
        _process.Dispose();
        Assert.Equal(0, code);
    }
}
