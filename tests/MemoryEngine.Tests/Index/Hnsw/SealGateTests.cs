using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index;

/// <summary>The gate lets a built graph through, and says of each kind of damage what it is.</summary>
public sealed unsafe class SealGateTests
{
    private static readonly HnswOptions Options = new();

    [Fact]
    public void What_was_built_passes_and_says_its_recall()
    {
        using var built = new Built();
        var verdict = SealGate.Judge(built.Index, 0.98);
        Assert.Null(verdict.Problem);
        Assert.InRange(verdict.Recall, 0.98, 1);
    }

    [Fact]
    public void A_graph_that_finds_less_than_the_one_before_is_refused()
    {
        using var built = new Built();
        // Links to nodes at random: everything is within reach, and nothing is near.
        var random = new Random(TestSeed.Value);
        var graph = built.Index.Graph;
        for (var node = 0; node < graph.Shape.Count; node++)
        {
            var links = graph.Links(0).Of(node);
            *links = 3;
            (links[1], links[2], links[3]) = ((node + 1) % graph.Shape.Count, random.Next(graph.Shape.Count), random.Next(graph.Shape.Count));
        }
        Assert.Null(GraphCheck.Problem(graph));
        Assert.Contains("of a sample", SealGate.Judge(built.Index, 0.95).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recall_below_the_floor_is_named()
    {
        using var built = new Built();
        var verdict = SealGate.Judge(built.Index, 1.01);
        Assert.Contains("ten nearest", verdict.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Codes_of_other_vectors_are_noticed()
    {
        using var built = new Built();
        var graph = built.Index.Graph;
        // Every row's number is moved on by one, as a writer might that miscounts.
        for (var node = 0; node < graph.Shape.Count; node++) graph.Rows[node] = (graph.Rows[node] + 1) % graph.Shape.Count;
        Assert.Contains("own vectors", SealGate.Judge(built.Index, 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_structure_is_named()
    {
        AssertProblem(graph => *graph.Links(0).Of(5) = 33, "33 links");
        AssertProblem(graph => *graph.Links(0).Of(5) = -1, "-1 links");
        AssertProblem(graph => graph.Links(0).Of(5)[1] = graph.Shape.Count, "has a link to");
        AssertProblem(graph => graph.Rows[7] = graph.Rows[8], "stands for row");
        AssertProblem(
            graph =>
            {
                for (var node = 0; node < graph.Shape.Count; node++) *graph.Links(0).Of(node) = 0;
            },
            "cannot be reached");
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var built = new Built();
        Assert.Throws<OperationCanceledException>(() => SealGate.Judge(built.Index, 0, new CancellationToken(canceled: true)));
    }

    private static void AssertProblem(Action<HnswGraph> damage, string expected)
    {
        using var built = new Built();
        damage(built.Index.Graph);
        Assert.Contains(expected, SealGate.Judge(built.Index, 0).Problem, StringComparison.Ordinal);
    }

    private sealed class Built : IDisposable
    {
        private readonly TestVectors _vectors;

        public Built()
        {
            _vectors = new TestVectors(TestVectors.Clustered(new Random(TestSeed.Value), 1500, 16, 20), 16, Metric.Cosine);
            Index = HnswIndex.Build(_vectors.Rows, Options);
        }

        public HnswIndex Index { get; }

        public void Dispose()
        {
            Index.Dispose();
            _vectors.Dispose();
        }
    }
}
