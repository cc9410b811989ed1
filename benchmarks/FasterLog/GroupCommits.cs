using System.Diagnostics;
using FASTER.core;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>Commits a second with many writers, and the wait of a single one, in interleaved rounds.</summary>
internal sealed class GroupCommits(string root, Report report)
{
    /// <summary>The argument that runs one method alone, for a look at its system calls.</summary>
    public const string Argument = "--only";

    /// <summary>The argument that leaves out everything but this.</summary>
    public const string Alone = "--commits";

    private const int Writers = 64;
    private const int Rounds = 9;
    private const double WarmUpSeconds = 0.1;
    private const double TurnSeconds = 0.4;
    private const string Ours = "journal, fdatasync";

    private static readonly PeerSettings Default = new() { Checksum = LogChecksumType.None };
    private static readonly PeerSettings Fast = new() { FastCommit = true, MetadataEvery = 100 };
    private static readonly PeerSettings Reserved = Fast with { Reserved = true };

    // FasterLog as its manual sets it up, and what was tried to make it faster.
    private static readonly Dictionary<string, Func<string, IMethod>> Many = new()
    {
        [Ours] = static d => new JournalMethod(d),
        ["FasterLog, defaults, awaiting loop"] = static d => new PeerMethod(d, Default, Committer.AwaitingLoop),
        ["FasterLog, defaults, spinning thread"] = static d => new PeerMethod(d, Default, Committer.SpinningThread),
        ["FasterLog, fast commit, spinning thread"] = static d => new PeerMethod(d, Fast, Committer.SpinningThread),
        ["FasterLog, fast, reserved, awaiting loop"] = static d => new PeerMethod(d, Reserved, Committer.AwaitingLoop),
        ["FasterLog, fast, reserved, spinning thread"] = static d => new PeerMethod(d, Reserved, Committer.SpinningThread),
        ["FasterLog, fast, reserved, writers commit"] = static d =>
            new PeerMethod(d, Reserved with { Policy = LogCommitPolicy.MaxParallel(1) }, Committer.Writers),
    };

    private static readonly Dictionary<string, Func<string, IMethod>> Single = new()
    {
        [Ours] = static d => new JournalMethod(d),
        ["bare write + fdatasync, no log"] = static d => new BareSync(d),
        ["FasterLog, defaults"] = static d => new PeerMethod(d, Default, Committer.OnlyWriter),
        ["FasterLog, fast commit"] = static d => new PeerMethod(d, Fast, Committer.OnlyWriter),
        ["FasterLog, fast, reserved"] = static d => new PeerMethod(d, Reserved, Committer.OnlyWriter),
    };

    /// <summary>Runs one method with many writers.</summary>
    public static void RunOne(string root, string name, double seconds) =>
        Console.WriteLine($"{name}: {ManyWriters(Many[name], Path.Combine(root, "only"), seconds).Figure:n0} commits a second");

    public void Compare()
    {
        report.Head(
            $"4. Commits a second, {Writers} writers of 1 KB",
            $"median (min to max) of {Rounds} rounds of {TurnSeconds} s; before each the journal's turn, to which the ratio is");
        Pairs(Many, "n0", static (make, directory) => ManyWriters(make, directory, TurnSeconds));
        report.Head("   One writer, p50 of a commit in µs", "the same way");
        Pairs(Single, "f0", OneWriter);
    }

    // The machine may be another one a second later: each method is compared with the turn of ours just before it.
    private void Pairs(Dictionary<string, Func<string, IMethod>> methods, string format, Func<Func<string, IMethod>, string, Turn> measure)
    {
        var turns = methods.Keys.ToDictionary(static n => n, static _ => new List<Turn>());
        var ratios = methods.Keys.ToDictionary(static n => n, static _ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, make) in methods.Where(static m => m.Key != Ours))
            {
                var ours = measure(methods[Ours], Next());
                var theirs = measure(make, Next());
                turns[Ours].Add(ours);
                turns[name].Add(theirs);
                ratios[name].Add(theirs.Figure / ours.Figure);
            }
        }
        foreach (var (name, values) in turns)
        {
            var figures = Spread([.. values.Select(static t => t.Figure)], format);
            var cpu = Median([.. values.Select(static t => t.CpuMicroseconds)]);
            var ratio = name == Ours ? "" : $", ratio {Spread(ratios[name], "f2")}";
            report.Row(name, $"{figures}, CPU {cpu:f0} µs a commit{ratio}");
        }
    }

    private static Turn ManyWriters(Func<string, IMethod> make, string directory, double seconds)
    {
        var count = 0L;
        Turn turn;
        using (var method = make(directory))
        {
            var stop = false;
            var writers = Enumerable.Range(0, Writers).Select(i => Task.Run(() => WriteAsync(i))).ToArray();
            Thread.Sleep(TimeSpan.FromSeconds(WarmUpSeconds));
            var (start, before, cpu) = (Stopwatch.GetTimestamp(), Volatile.Read(ref count), Cpu());
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
            var done = Volatile.Read(ref count) - before;
            turn = new Turn(done / Stopwatch.GetElapsedTime(start).TotalSeconds, (Cpu() - cpu).TotalMicroseconds / done);
            Volatile.Write(ref stop, true);
            Task.WaitAll(writers);

            async Task WriteAsync(int writer)
            {
                var entry = Entry.Make(writer);
                while (!Volatile.Read(ref stop))
                {
                    await method.CommitAsync(entry).ConfigureAwait(false);
                    Interlocked.Increment(ref count);
                }
            }
        }
        Directory.Delete(directory, recursive: true);
        return turn;
    }

    private static Turn OneWriter(Func<string, IMethod> make, string directory)
    {
        var waits = new List<double>();
        TimeSpan cpu;
        using (var method = make(directory))
        {
            var entry = Entry.Make(1);
            var (start, before) = (Stopwatch.GetTimestamp(), Cpu());
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < TurnSeconds)
            {
                var at = Stopwatch.GetTimestamp();
                method.CommitAsync(entry).AsTask().GetAwaiter().GetResult();
                waits.Add(Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            }
            cpu = Cpu() - before;
        }
        Directory.Delete(directory, recursive: true);
        return new Turn(Median(waits), cpu.TotalMicroseconds / waits.Count);
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

    private static string Spread(List<double> values, string format) =>
        $"{Median(values).ToString(format)} ({values.Min().ToString(format)} to {values.Max().ToString(format)})";

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private string Next() => Path.Combine(root, $"commits-{Guid.NewGuid():n}");

    /// <summary>What one turn of a method gave: commits a second or the wait for one, and the CPU time of one.</summary>
    private readonly record struct Turn(double Figure, double CpuMicroseconds);
}
