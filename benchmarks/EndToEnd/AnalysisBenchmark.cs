using System.Diagnostics;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// What analysing, learning and embedding cost for each of the shared memories, on one thread: the fastest of the rounds,
/// since others use the machine too.
/// </summary>
internal static class AnalysisBenchmark
{
    private static readonly float[] Vector = new float[LearnedVectors.Dimension];

    public static int Run(string[] args)
    {
        var rounds = (int)new Arguments(args).Number("rounds", 10);
        if (SharedData.Folder() is not { } data) return 2;
        var texts = Texts(Path.Combine(data, "memories"));
        Console.WriteLine($"{texts.Count:n0} memories of {texts.Average(t => t.Length):n0} characters, best of {rounds} rounds");
        Say("analyse, sort and count", rounds, texts, static text =>
        {
            using var counts = TermCounts.Of(text);
        });
        Say("hash into a vector (the small pool's)", rounds, texts, static text => HashingEmbedder.Embed(text, Vector));
        var sample = new TermSample();
        foreach (var text in texts.Take(TermSample.MostDocuments))
        {
            using var counts = TermCounts.Of(text);
            sample.Add(counts);
        }
        var start = Stopwatch.GetTimestamp();
        var model = LearnedVectors.Train(sample, seed: 1, CancellationToken.None)!;
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine($"learn from {sample.Documents:n0} of them: {seconds:f1} s; {model.Terms:n0} terms, {model.Bytes / 1e6:f1} MB");
        Say("analyse and embed by the model", rounds, texts, text =>
        {
            using var counts = TermCounts.Of(text);
            model.Embed(counts.Terms, counts.Counts, Vector);
        });
        return 0;
    }

    private static void Say(string what, int rounds, List<string> texts, Action<string> action)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var text in texts) action(text);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / texts.Count);
        }
        Console.WriteLine($"{what}: {best:f2} us a memory");
    }

    private static List<string> Texts(string directory)
    {
        var texts = new List<string>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = JsonLinesReader.Open(path);
            while (reader.TryRead(out var line))
                if (line.Draft is { } draft) texts.Add($"{draft.Title}\n{draft.Key}\n{draft.Text}");
        }
        return texts;
    }
}
