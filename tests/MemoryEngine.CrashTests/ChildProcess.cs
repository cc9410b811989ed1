using System.Diagnostics;
using MemoryEngine.Testing;

namespace MemoryEngine.CrashTests;

/// <summary>A process of this assembly that a test starts, waits for and kills. Disposing kills it as well.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    public ChildProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetHost())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // A hundred short lives are mostly starting up.
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Waits until the child sends its signal.</summary>
    public async Task WaitForSignalAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var buffer = new byte[1];
        var read = await _process.StandardOutput.BaseStream.ReadAsync(buffer, patience.Token);
        if (read == 1) return;
        await _process.WaitForExitAsync(patience.Token);
        throw new InvalidOperationException($"The child ended by itself with code {_process.ExitCode}: {await _errors}");
    }

    /// <summary>SIGKILL, wherever the child is. Fails when the child had something to complain about before.</summary>
    public async Task KillAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        _process.Kill();
        await _process.WaitForExitAsync(patience.Token);
        var errors = await _errors;
        if (errors.Length > 0) throw new InvalidOperationException($"The child complained: {errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    // Tests run under the host that runs them; what it is called differs between runners.
    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
}
