using System.Globalization;
using MemoryEngine.Benchmarks.Comparison;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var arguments = new Arguments(args);
switch (arguments.Benchmark)
{
    case "search":
        SearchBenchmark.Run(arguments);
        return 0;
    case "filters":
        FilterBenchmark.Run(arguments);
        return 0;
    case "churn":
        ChurnBenchmark.Run(arguments);
        return 0;
    case "growth":
        GrowthBenchmark.Run(arguments);
        return 0;
    case "cold":
        ColdBenchmark.Run(arguments);
        return 0;
    case "evicted":
        EvictedBenchmark.Run(arguments);
        return 0;
    default:
        Console.Error.WriteLine($"There is no benchmark '{arguments.Benchmark}': search, filters, churn, growth, cold, evicted.");
        return 2;
}
