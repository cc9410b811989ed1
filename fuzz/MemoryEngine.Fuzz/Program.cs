using System.Globalization;

namespace MemoryEngine.Fuzz;

/// <summary>The command line of the fuzzer; docs/testing.md describes it.</summary>
internal static class Program
{
    private const string Usage =
        """
        run TARGET [--executions N] [--seed S]   mutate the corpus; what escapes is written into it as crash-HASH
        replay [TARGET]                          run the corpus as it is
        seed                                     write the hand-made corpus again
        """;

    public static int Main(string[] args) => args switch
    {
        ["run", var name, .. var options] => Run(FuzzTargets.Named(name), options),
        ["replay"] => FuzzTargets.All.Sum(Replay) == 0 ? 0 : 1,
        ["replay", var name] => Replay(FuzzTargets.Named(name)) == 0 ? 0 : 1,
        ["seed"] => Seed(),
        _ => Explain(),
    };

    private static int Run(FuzzTarget target, string[] options)
    {
        var executions = Option(options, "--executions") ?? 1_000_000;
        var seed = (int)(Option(options, "--seed") ?? Random.Shared.Next(1, 1_000_000));
        Console.WriteLine($"{target.Name}: {executions} executions, seed {seed}");
        var report = Fuzzer.Run(target, [.. Corpus.Of(target).Select(c => c.Bytes)], executions, seed);
        var rate = report.Executions / report.Elapsed.TotalSeconds;
        Console.WriteLine(
            $"{target.Name}: {report.Executions} executions in {report.Elapsed.TotalSeconds:F1} s, {rate:F0} a second, " +
            $"{report.Outcomes} outcomes, {report.Escapes.Count} escapes");
        foreach (var (input, what) in report.Escapes)
            Console.WriteLine($"ESCAPE {Corpus.AddCrash(target, input)}\n{what}");
        return report.Escapes.Count == 0 ? 0 : 1;
    }

    private static int Replay(FuzzTarget target)
    {
        var (inputs, escapes) = (Corpus.Of(target), 0);
        foreach (var (path, bytes) in inputs)
        {
            if (Execution.Of(target, bytes).Escape is not { } what) continue;
            escapes++;
            Console.WriteLine($"ESCAPE {path}\n{what}");
        }
        Console.WriteLine($"{target.Name}: {inputs.Count} inputs, {escapes} escapes");
        return escapes;
    }

    private static int Seed()
    {
        foreach (var target in FuzzTargets.All)
        {
            var seeds = target.Seeds().ToList();
            foreach (var (name, bytes) in seeds) Corpus.Add(target, name, bytes);
            Console.WriteLine($"{target.Name}: {seeds.Count} seeds");
        }
        return 0;
    }

    private static int Explain()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    private static long? Option(string[] options, string name)
    {
        var at = Array.IndexOf(options, name);
        return at < 0 ? null : long.Parse(options[at + 1], CultureInfo.InvariantCulture);
    }
}
