namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>Who is busy beside a client whose recalls are timed, in a process of their own.</summary>
internal enum Neighbours
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>A thread for each processor that does nothing but compute, with the lowest priority. It never connects to the server.</summary>
    Busy,

    /// <summary>The same with the usual priority.</summary>
    BusyAtUsualPriority,

    /// <summary><see cref="HostileClients"/> with the lowest priority: what they take is what the server does for them.</summary>
    Hostile,

    /// <summary>The same with the usual priority: what they take themselves of the processors is added.</summary>
    HostileAtUsualPriority,
}

/// <summary>Neighbours that can be let loose and stopped.</summary>
internal interface INeighbours
{
    /// <summary>Lets them act.</summary>
    void Begin();

    /// <summary>Stops them; false when they could not even begin.</summary>
    bool End();
}

/// <summary>
/// What a measurement among hostile clients is compared with: threads that take what processors there are and nothing of the server. What
/// they cost its clients the system's scheduler decides, and no server can prevent it.
/// </summary>
internal sealed class BusyThreads(bool isLast) : INeighbours
{
    private Thread[] _threads = [];
    private volatile bool _isOver;

    public void Begin()
    {
        _isOver = false;
        _threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Spin) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    public bool End()
    {
        _isOver = true;
        foreach (var thread in _threads) thread.Join();
        return true;
    }

    private void Spin()
    {
        if (isLast) Storage.LowPriority.TakeLast();
        for (var number = 1u; !_isOver;) number = (number * 1_664_525) + 1_013_904_223;
    }
}
