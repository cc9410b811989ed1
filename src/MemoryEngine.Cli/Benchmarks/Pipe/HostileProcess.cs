using System.Diagnostics;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// <see cref="HostileClients"/> in a process of their own, which is this program once more: it is told on its standard input when they are
/// to begin and to end, a line each, and answers with a line when they have. It ends with its input.
/// </summary>
internal sealed class HostileProcess : IDisposable
{
    /// <summary>The option of <c>memengine bench pipe</c> that makes it such a process, for a server's address.</summary>
    public const string Option = "--hostile";

    private const string BeginLine = "begin", EndLine = "end", Done = "done", NotLetIn = "not let in";

    private readonly Process _process;

    /// <summary>Starts it; nothing is sent before <see cref="Begin"/>.</summary>
    public HostileProcess(string address)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Started by a host, a program is an argument of that.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(HostileProcess).Assembly.Location);
        foreach (var argument in (ReadOnlySpan<string>)["bench", "pipe", Option, address]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>Lets them act.</summary>
    public void Begin() => Tell(BeginLine);

    /// <summary>Stops them.</summary>
    /// <exception cref="InvalidOperationException">One of them could not even connect, so nothing was measured.</exception>
    public void End() => Tell(EndLine);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What the process does until its input ends.</summary>
    public static void Serve(string address, TextReader orders, TextWriter answers)
    {
        var clients = new HostileClients(address);
        while (orders.ReadLine() is { } order)
        {
            var isLetIn = true;
            if (order == BeginLine) clients.Begin();
            else isLetIn = clients.End();
            answers.WriteLine(isLetIn ? Done : NotLetIn);
            answers.Flush();
        }
    }

    private void Tell(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
        if (_process.StandardOutput.ReadLine() is not Done and var answer)
            throw new InvalidOperationException($"The hostile clients' process answered '{answer}' to '{order}'.");
    }
}
