using System.Globalization;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// What search by words costs over sealed segments: with early termination and with every posting added up, in one segment
/// and in six, with and without deaths, with filters. Processor time of the one thread, each query by itself.
/// </summary>
internal static class LexicalBenchmark
{
    private const int Best = 64;

    private static readonly (string Name, double Dying, double Matching)[] Conditions =
        [(", all live", 0, 1), (", 1 % dead", 0.01, 1), (", 5 % match", 0, 0.05), (", 0.1 % match", 0, 0.001)];

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var (rows, rounds) = ((int)arguments.Number("rows", 100_000), (int)arguments.Number("rounds", 3));
        var only = arguments.Text("case") ?? "";
        if (arguments.Text("only") is null) PostingCodecBenchmark.Run();
        if (arguments.Text("only") != "real") Measure("synthetic", LexicalCollection.Synthetic(rows), rounds, only);
        if (Environment.GetEnvironmentVariable("MEMORYENGINE_DATA") is not { Length: > 0 } data)
            Console.WriteLine("Without MEMORYENGINE_DATA there are no real memories to measure.");
        else if (arguments.Text("only") != "synthetic") Measure("real", LexicalCollection.Real(data, rows), rounds, only);
        return 0;
    }

    private static void Measure(string name, LexicalCollection collection, int rounds, string only)
    {
        Say($"{name}: {collection.Rows:n0} memories, {collection.Postings:n0} postings, {(double)collection.Postings / collection.Rows:f1} a memory");
        foreach (var count in new[] { 1, 6 })
        {
            var words = new List<NativeWords>();
            var start = ThreadTime.Now;
            // Sizes as merging leaves them: each a good deal smaller than the one before.
            foreach (var (first, end) in Cut(collection.Rows, count)) words.Add(collection.Seal(first, end));
            var sealing = ThreadTime.Now - start;
            Sizes(words, collection, sealing);
            SegmentPostings[] segments = [.. words.Select(w => w.Open())];
            foreach (var (what, queries) in collection.Queries)
            {
                foreach (var (condition, dying, matching) in Conditions.Take(count == 1 ? Conditions.Length : 1))
                {
                    var named = $"{what}, {count} segment(s){condition}";
                    if (named.Contains(only, StringComparison.Ordinal)) Compare(named, collection, segments, queries, rounds, dying, matching);
                }
            }
            foreach (var segment in words) segment.Dispose();
        }
    }

    private static IEnumerable<(int First, int End)> Cut(int rows, int count)
    {
        for (var first = 0; count > 0; count--)
        {
            var end = count == 1 ? rows : first + ((rows - first) * 5 / 8);
            yield return (first, end);
            first = end;
        }
    }

    private static void Sizes(List<NativeWords> words, LexicalCollection collection, TimeSpan sealing)
    {
        var parts = Enum.GetValues<PostingSection>()
            .Select(s => $"{s.ToString().ToLowerInvariant()} {words.Sum(w => w.Bytes(s)) / (double)collection.Postings:f2}");
        Say($"  {words.Count} segment(s), {words.Sum(w => w.Open().TermCount):n0} terms; bytes a posting: {string.Join(", ", parts)}; " +
            $"written in {sealing.TotalSeconds:f1} s");
    }

    private static void Compare(
        string name, LexicalCollection collection, SegmentPostings[] segments, List<ulong[]> queries, int rounds, double dying, double matching)
    {
        var random = new Random(7);
        var words = (collection.Rows + 63) / 64;
        var (live, match) = (new ulong[words], new ulong[words]);
        var (liveCount, liveLength) = (0L, 0L);
        for (var row = 0; row < collection.Rows; row++)
        {
            if (random.NextDouble() < dying) continue;
            live[row >> 6] |= 1UL << (row & 63);
            (liveCount, liveLength) = (liveCount + 1, liveLength + collection.Lengths[row]);
            if (random.NextDouble() < matching) match[row >> 6] |= 1UL << (row & 63);
        }
        var chunks = LiveRowBits.CountChunks(live);
        var postings = queries.Sum(q => q.Sum(t => segments.Sum(s => s.TryFind(t, out var list) ? (long)list.Count : 0))) / (double)queries.Count;
        var times = new[] { new List<double>(), new List<double>() };
        var hits = new[] { new Hit[Best], new Hit[Best] };
        long allocated = 0;
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var terms in queries)
            {
                using var query = LexicalQuery.Of(terms, Enumerable.Repeat(1f, terms.Length).ToArray());
                for (var way = 0; way < 2; way++)
                {
                    var view = new LexicalView(new LiveRowBits(live, chunks), new RowBits(match), liveCount, liveLength);
                    var top = new TopHits(hits[way]);
                    var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now);
                    LexicalSearch.Search(new LexicalParts(segments), query, view, ref top, prunes: way == 0);
                    var time = (ThreadTime.Now - start).TotalMicroseconds;
                    // The first round warms up.
                    if (round == 0) continue;
                    allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                    times[way].Add(time);
                }
                if (!hits[0].SequenceEqual(hits[1])) throw new InvalidOperationException($"{name}: the two ways differ.");
            }
        }
        foreach (var list in times) list.Sort();
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-40} {postings,9:n0} postings; pruned p50 {At(times[0], 0.5),7:n1} p99 {At(times[0], 0.99),7:n1} us; all p50 " +
            $"{At(times[1], 0.5),7:n1} p99 {At(times[1], 0.99),7:n1} us, {At(times[1], 0.5) * 1000 / postings:f2} ns a posting; " +
            $"{allocated / (double)(2 * rounds * queries.Count):f0} bytes allocated"));
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    private static void Say(string what) => Console.WriteLine(what);
}
