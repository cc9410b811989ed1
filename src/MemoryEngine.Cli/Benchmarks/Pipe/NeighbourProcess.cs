using System.Diagnostics;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// <see cref="Neighbours"/> in a process of their own, which is this program once more: it is told on its standard input who is to begin, and
/// when to end, a line each, and answers with a line when that is so. It ends with its input.
/// </summary>
internal sealed class NeighbourProcess : IDisposable
{
    /// <summary>The option of <c>memengine bench pipe</c> that makes it such a process, for a server's address.</summary>
    public const string Option = "--neighbours";

    private const string EndLine = "end", Done = "done", NotLetIn = "not let in";

    private readonly Process _process;

    /// <summary>Starts it; nobody is busy before <see cref="Begin"/>.</summary>
    public NeighbourProcess(string address)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Started by a host, a program is an argument of that.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(NeighbourProcess).Assembly.Location);
        foreach (var argument in (ReadOnlySpan<string>)["bench", "pipe", Option, address]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>Lets some of them act.</summary>
    public void Begin(Neighbours who) => Tell(who.ToString());

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
        var all = new Dictionary<string, INeighbours>
        {
            [nameof(Neighbours.Busy)] = new BusyThreads(isLast: true),
            [nameof(Neighbours.BusyAtUsualPriority)] = new BusyThreads(isLast: false),
            [nameof(Neighbours.Hostile)] = new HostileClients(address, isLast: true),
            [nameof(Neighbours.HostileAtUsualPriority)] = new HostileClients(address, isLast: false),
        };
        INeighbours? acting = null;
        while (orders.ReadLine() is { } order)
        {
            var isLetIn = true;
            if (order == EndLine) isLetIn = acting!.End();
            else (acting = all[order]).Begin();
            answers.WriteLine(isLetIn ? Done : NotLetIn);
            answers.Flush();
        }
    }

    private void Tell(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
        if (_process.StandardOutput.ReadLine() is not Done and var answer)
            throw new InvalidOperationException($"The neighbours' process answered '{answer}' to '{order}'.");
    }
}
