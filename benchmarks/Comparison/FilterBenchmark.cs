using System.Globalization;
using MemoryEngine.Index;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Searches among a part of the rows: what is found, and how fast, beside the same index without a filter and beside exact
/// search over a list of the rows that match. All three take turns.
/// </summary>
internal static unsafe class FilterBenchmark
{
    private static readonly int[] Efs = [10, 20, 32, 64];
    private static readonly double[] Parts = [0.5, 0.2, 0.05, 0.01, 0.001];

    public static void Run(Arguments arguments)
    {
        var set = arguments.Set("clustered384");
        set.FindTruth(arguments.Keep);
        using var index = KeptGraphs.Of(set, arguments.Options, arguments.Keep, out _);
        var lies = (arguments.Text("--lie") ?? "anywhere,near,far,elsewhere").Split(',').Select(l => Enum.Parse<Lie>(l, ignoreCase: true)).ToArray();
        var lines = new List<string>
        {
            $"{set.Name}: {set.Rows.Count:N0} vectors of {set.Rows.Dimension} dimensions, {index.Graph.Shape.Bits} bits; " +
            $"recall@10 and microseconds a query of processor time, medians of {arguments.Rounds} rounds in turns.",
        };
        var parts = arguments.Text("--parts")?.Split(',').Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToArray() ?? Parts;
        foreach (var lie in lies)
            foreach (var part in parts)
                Measure(set, index, FilterCase.Of(set, part, lie), arguments.Rounds, lines);
        arguments.Write($"filters-{set.Name}.txt", to => lines.ForEach(to.WriteLine));
    }

    private static void Measure(DataSet set, HnswIndex index, FilterCase filter, int rounds, List<string> lines)
    {
        // An exact search among many rows takes as long as thousands of walks.
        var fewer = Math.Clamp(1_000_000 / filter.Rows[0].Length, 20, filter.Queries);
        lines.Add("");
        lines.Add($"{filter.Part:P1} match, {filter.Lie.ToString().ToLowerInvariant()}:");
        foreach (var ef in Efs)
        {
            var (filtered, free, exact) = (new double[rounds], new double[rounds], new double[rounds]);
            var (recall, ways) = Find(set, index, filter, ef);
            for (var round = 0; round < rounds; round++)
            {
                filtered[round] = Time(filter.Queries, i => index.Search(set.Query(i), ef, new RowBits(filter.Bits[i]), new Hit[DataSet.K], out _));
                free[round] = Time(filter.Queries, i => index.Search(set.Query(i), ef, new Hit[DataSet.K], out _));
                exact[round] = Time(fewer, i => KernelDispatch.Use<Exactly, int>(new Exactly(set, i, filter.Rows[i])));
            }
            lines.Add(
                $"ef {ef,4}  recall {recall:0.0000}  {Median(filtered),7:0.0} us; without a filter {Median(free),6:0.0}; " +
                $"exact {Median(exact),7:0.0}; ours / exact {Median(Ratios(filtered, exact)):0.00}; {ways}");
            Console.Error.WriteLine(lines[^1]);
            if (recall > 0.99) break;
        }
    }

    private static (double Recall, string Ways) Find(DataSet set, HnswIndex index, FilterCase filter, int ef)
    {
        var (hits, found, ways, codes, floats) = (new Hit[DataSet.K], 0, new Dictionary<string, int>(), 0L, 0L);
        for (var i = 0; i < filter.Queries; i++)
        {
            var count = index.Search(set.Query(i), ef, new RowBits(filter.Bits[i]), hits, out var cost);
            if (count < DataSet.K) throw new InvalidOperationException($"{count} hits among {filter.Rows[i].Length} rows.");
            found += hits.Count(h => filter.Truth[i].Contains(h.Row));
            var way = cost.Way.ToString().ToLowerInvariant() + (cost.Scanned && cost.Way != SearchWay.Exact ? ", then scanned" : "");
            ways[way] = ways.GetValueOrDefault(way) + 1;
            (codes, floats) = (codes + cost.CodeDistances, floats + cost.FloatDistances);
        }
        var listed = string.Join("; ", ways.Select(w => w.Value == filter.Queries ? w.Key : $"{w.Key} {w.Value}"));
        return ((double)found / (filter.Queries * DataSet.K), $"{listed}; {codes / filter.Queries} codes, {floats / filter.Queries} floats");
    }

    /// <summary>Microseconds of processor time for each of so many.</summary>
    private static double Time(int count, Action<int> work)
    {
        var before = Cpu.Seconds();
        for (var i = 0; i < count; i++) work(i);
        return (Cpu.Seconds() - before) * 1e6 / count;
    }

    private static double[] Ratios(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x / y)];

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>The ten nearest of a list of rows, by a plain loop.</summary>
    private readonly struct Exactly(DataSet set, int query, int[] among) : IKernelUser<int>
    {
        public int Use<TKernels>()
            where TKernels : struct, IKernels
        {
            Span<Hit> hits = stackalloc Hit[DataSet.K];
            var top = new TopHits(hits);
            var (first, rows) = ((nint)set.Queries[query], set.Rows);
            foreach (var row in among) top.Add(row, -rows.Distance<TKernels>((float*)first, row));
            return top.Count;
        }
    }
}
