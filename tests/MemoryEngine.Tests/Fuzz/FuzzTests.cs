using MemoryEngine.Fuzz;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Fuzz;

/// <summary>The corpus stays harmless, and a short burst of mutations finds nothing new. Long runs are made by fuzz/MemoryEngine.Fuzz.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Executions = 20_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_escapes_nowhere(string name)
    {
        var target = FuzzTargets.Named(name);
        var corpus = Corpus.Of(target);
        Assert.NotEmpty(corpus);
        foreach (var (path, bytes) in corpus)
        {
            var escape = Execution.Of(target, bytes).Escape;
            Assert.True(escape is null, $"{path}: {escape}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_holds_every_seed_as_it_is_made_today(string name)
    {
        var target = FuzzTargets.Named(name);
        var corpus = Corpus.Of(target).ToDictionary(c => Path.GetFileName(c.Path), c => c.Bytes);
        foreach (var (seed, bytes) in target.Seeds())
            Assert.True(bytes.AsSpan().SequenceEqual(corpus.GetValueOrDefault(seed)), $"{name}/{seed} is not what 'seed' writes.");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_burst_of_mutations_escapes_nowhere(string name)
    {
        var target = FuzzTargets.Named(name);
        var seed = TestSeed.Value;
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        var report = Fuzzer.Run(target, [.. Corpus.Of(target).Select(c => c.Bytes)], Executions, seed);
        Assert.True(
            report.Escapes.Count == 0,
            $"MEMORYENGINE_SEED={seed}: " + string.Join('\n', report.Escapes.Select(e => $"{Convert.ToBase64String(e.Input)}\n{e.What}")));
    }
}
