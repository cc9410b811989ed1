using System.Diagnostics;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Searches while the float vectors are on the device and not in memory. Run inside a control group whose memory holds the
/// graph and little more (run-evicted.sh makes one), so that the system drops the mapped file as it would under pressure.
/// </summary>
internal static class EvictedBenchmark
{
    private const int Ef = 32;

    public static void Run(Arguments arguments)
    {
        var set = arguments.Text("--vectors") ?? throw new ArgumentException("--vectors names the file that 'cold' wrote, --graph the graph's.");
        using var mapped = new MappedVectors(set);
        using var index = HnswIndex.Over(
            Segments.GraphFile.Read(Storage.PhysicalFileSystem.Instance, arguments.Text("--graph")!, Storage.HugePages.Advise), mapped.Rows);
        var (hits, micros, read) = (new Hit[DataSet.K], new double[arguments.Number("--queries") ?? mapped.Queries.Count], BytesRead());
        for (var i = 0; i < micros.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            index.Search(mapped.Queries.Span(i), Ef, hits, out _);
            micros[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }
        read = BytesRead() - read;
        Array.Sort(micros);
        arguments.Write($"evicted-{Path.GetFileNameWithoutExtension(set)}.txt", to =>
        {
            to.WriteLine(
                $"{mapped.Rows.Count:N0} vectors of {mapped.Rows.Dimension} dimensions " +
                $"({mapped.Rows.Count * (long)mapped.Rows.Dimension * sizeof(float) / 1e6:0} MB) " +
                $"mapped, graph of {index.Bytes / 1e6:0} MB in memory, ef {Ef}; limit: {arguments.Text("--limit") ?? "none"}.");
            to.WriteLine(
                $"p50 {micros[micros.Length / 2] / 1000:0.00} ms, p99 {micros[(int)(micros.Length * 0.99)] / 1000:0.00} ms, " +
                $"max {micros[^1] / 1000:0.00} ms; {read / 1024.0 / micros.Length:0} KB from the device a query; " +
                $"resident {Environment.WorkingSet / 1e6:0} MB.");
        });
    }

    /// <summary>What this process had the device read, read-ahead included, from /proc/self/io.</summary>
    private static long BytesRead() =>
        long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("read_bytes:", StringComparison.Ordinal))["read_bytes:".Length..]);
}
