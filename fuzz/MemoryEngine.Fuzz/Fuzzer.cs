using System.Diagnostics;

namespace MemoryEngine.Fuzz;

/// <summary>What a run of the fuzzer found.</summary>
/// <param name="Executions">Inputs tried.</param>
/// <param name="Outcomes">Different ways in which they ended.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Escapes">One input for each kind of escape.</param>
internal sealed record FuzzReport(
    long Executions, int Outcomes, TimeSpan Elapsed, IReadOnlyList<(byte[] Input, string What)> Escapes);

/// <summary>
/// Mutates the corpus. It sees no coverage; instead an input that ends in a way not seen before joins the corpus of the
/// run. The same corpus, seed and number of executions make the same run.
/// </summary>
internal static class Fuzzer
{
    private const int MaxCorpus = 2000;

    public static FuzzReport Run(FuzzTarget target, IReadOnlyList<byte[]> corpus, long executions, int seed)
    {
        var random = new Random(seed);
        var mutator = new Mutator(random);
        var pool = corpus.Count == 0 ? [[]] : corpus.ToList();
        var outcomes = new HashSet<string>();
        var escapes = new List<(byte[], string)>();
        var watch = Stopwatch.StartNew();
        foreach (var input in corpus) outcomes.Add(Execution.Of(target, input).Outcome);
        for (long i = 0; i < executions; i++)
        {
            var input = mutator.Mutate(pool[random.Next(pool.Count)], pool[random.Next(pool.Count)]);
            if (random.Next(4) > 0) target.FixChecksums(input);
            var execution = Execution.Of(target, input);
            if (!outcomes.Add(execution.Outcome)) continue;
            if (execution.Escape is { } escape) escapes.Add((input, escape));
            else if (pool.Count < MaxCorpus) pool.Add(input);
        }
        return new FuzzReport(executions, outcomes.Count, watch.Elapsed, escapes);
    }
}
