namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// Memories for a benchmark of recall: unit vectors around a thousand centres, texts of some three hundred characters, as many source
/// tasks as make the mode hybrid. The same for the same count.
/// </summary>
internal sealed class BenchPool(int memories)
{
    public const int Dimension = 384;
    public const string Domain = "bench/3";

    private const int Centres = 1000;
    private const int AtOnce = 1024;
    private const float Spread = 0.6f;

    private readonly Random _random = new(20260101);
    private readonly List<float[]> _centres = [];

    public static MemoryStoreOptions Options => new()
    {
        OwnerName = "memengine bench",
        // The bodies are to be resident: vectors lie beside the texts.
        RecordMemoryBytes = 1L << 30,
        Spaces = [new VectorSpace(VectorSpace.TextSpace, Dimension, Metric.Cosine, "memengine/bench")],
    };

    /// <summary>Fills a pool, and waits until it is indexed.</summary>
    public async Task FillAsync(MemoryStore store, Action<int> progress, CancellationToken cancellation)
    {
        for (var i = 0; i < Centres; i++) _centres.Add(Unit(Gaussian()));
        for (var first = 0; first < memories; first += AtOnce)
        {
            var drafts = Enumerable.Range(first, Math.Min(AtOnce, memories - first)).Select(Draft).ToList();
            await store.RememberManyAsync(drafts, Durability.Process, cancellation);
            progress(first + drafts.Count);
        }
        await store.SettleAsync(cancellation);
    }

    /// <summary>Vectors of tasks: near the memories', and none of them.</summary>
    public float[][] Queries(int count) => [.. Enumerable.Range(0, count).Select(_ => Near(_random.Next(Centres)))];

    /// <summary>One more memory.</summary>
    public MemoryDraft Draft(int number) => new()
    {
        Text = $"Memory {number}: when the client of service {number % 97} times out, look at the queue before the network; the retry " +
            $"budget of worker {number % 31} hides what the pool of connections lacks. Check the limit of {number % 512} handles, then the " +
            "age of the oldest request, and only then the peer. What was slow was waiting, and what waited was not counted.",
        Title = $"Timeouts of service {number % 97}",
        Domain = $"bench/{number % 10}",
        Task = $"task {number % 700}",
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = Near(number % Centres) },
    };

    private float[] Near(int centre)
    {
        var vector = Gaussian();
        for (var i = 0; i < Dimension; i++) vector[i] = (Spread * vector[i] / MathF.Sqrt(Dimension)) + _centres[centre][i];
        return Unit(vector);
    }

    private float[] Gaussian()
    {
        var vector = new float[Dimension];
        for (var i = 0; i < Dimension; i++)
            vector[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
        return vector;
    }

    private static float[] Unit(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return Array.ConvertAll(vector, v => v / length);
    }
}
