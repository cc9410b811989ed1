using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// A process that has just begun: it opens a graph's file and searches. Started anew for each round by the one that reports;
/// the graph is built, and the vectors drawn, by another process before.
/// </summary>
internal static class ColdBenchmark
{
    private const int Ef = 32;
    private const int Queries = 1000;

    public static void Run(Arguments arguments)
    {
        if (arguments.Text("--vectors") is { } vectors)
        {
            Search(arguments, vectors);
            return;
        }
        var set = arguments.Set();
        var keep = arguments.Keep ?? throw new ArgumentException("--keep names a folder for the graph and the vectors.");
        using (KeptGraphs.Of(set, arguments.Options, keep, out _))
        {
            var file = MappedVectors.Write(set, keep);
            var lines = new List<string>();
            foreach (var warmUp in (string[])["yes", "no"])
                for (var round = 0; round < arguments.Rounds; round++) lines.Add($"warmed up: {warmUp}; {Child(arguments, set, file, warmUp)}");
            arguments.Write($"cold-{set.Name}.txt", to =>
            {
                to.WriteLine(
                    $"{set.Name}: a new process opens the graph and searches {Queries:N0} queries at ef {Ef}, then the same again until " +
                    "they get no faster; processor time of the searching thread.");
                lines.ForEach(to.WriteLine);
            });
        }
    }

    private static string Child(Arguments arguments, DataSet set, string vectors, string warmUp)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        var graph = KeptGraphs.PathOf(set, arguments.Options, arguments.Keep)!;
        foreach (var argument in (string[])["cold", "--vectors", vectors, "--graph", graph, "--warm-up", warmUp])
            start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var line = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return line;
    }

    private static void Search(Arguments arguments, string vectors)
    {
        using var mapped = new MappedVectors(vectors);
        var before = Cpu.Seconds();
        using var index = HnswIndex.Over(GraphFile.Read(PhysicalFileSystem.Instance, arguments.Text("--graph")!, HugePages.Advise), mapped.Rows);
        var read = Cpu.Seconds() - before;
        if (arguments.Text("--warm-up") != "no") index.WarmUp();
        var opened = Cpu.Seconds() - before;
        var parts = new double[10];
        for (var part = 0; part < parts.Length; part++) parts[part] = Pass(index, mapped, part * Queries / 10, Queries / 10);
        var first = parts.Sum();
        var steady = Enumerable.Range(0, 30).Select(_ => Pass(index, mapped, 0, Queries)).Skip(10).Order().ElementAt(10);
        Console.WriteLine(
            $"opened in {opened * 1000:0} ms, {read * 1000:0} of them to read the file; first {Queries:N0} at {Queries / first:0} a second, " +
            $"steady {Queries / steady:0}: {steady / first:0.00}; " +
            $"tenths of the first: {string.Join(' ', parts.Select(p => $"{steady / 10 / p:0.00}"))}");
    }

    private static double Pass(HnswIndex index, MappedVectors mapped, int from, int count)
    {
        Span<Hit> hits = stackalloc Hit[DataSet.K];
        var before = Cpu.Seconds();
        for (var i = from; i < from + count; i++) index.Search(mapped.Queries.Span(i), Ef, hits, out _);
        return Cpu.Seconds() - before;
    }
}
