namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// Memories for a benchmark of recall: unit vectors around a thousand centres, texts of some three hundred characters of which no two
/// are alike (what repeats another memory is left out of an answer, and costs a deeper search), as many source tasks as make the mode
/// hybrid. The same for the same count.
/// </summary>
internal sealed class BenchPool
{
    public const int Dimension = 384;
    public const string Domain = "bench/3";

    private const int Centres = 1000;
    private const int AtOnce = 1024;
    private const float Spread = 0.6f;
    private const int WordsOfText = 48;
    private const int Words = 4_000;

    private static readonly string[] Syllables = ["ka", "lo", "mi", "ren", "tu", "sa", "vo", "pel", "di", "gor"];

    private readonly Random _random = new(20260101);
    private readonly List<float[]> _centres = [];

    public static MemoryStoreOptions Options => new()
    {
        OwnerName = "memengine bench",
        // The bodies are to be resident: vectors lie beside the texts.
        RecordMemoryBytes = 1L << 30,
        Spaces = [new VectorSpace(VectorSpace.TextSpace, Dimension, Metric.Cosine, "memengine/bench")],
    };

    public BenchPool()
    {
        for (var i = 0; i < Centres; i++) _centres.Add(Unit(Gaussian(_random)));
    }

    /// <summary>Adds memories to a pool, and waits until it is indexed.</summary>
    public async Task FillAsync(MemoryStore store, int memories, Action<int> progress, CancellationToken cancellation)
    {
        for (var first = 0; first < memories; first += AtOnce)
        {
            var drafts = Enumerable.Range(first, Math.Min(AtOnce, memories - first)).Select(Draft).ToList();
            await store.RememberManyAsync(drafts, Durability.Process, cancellation);
            progress(first + drafts.Count);
        }
        await store.SettleAsync(cancellation);
    }

    /// <summary>Vectors of tasks: near the memories', and none of them.</summary>
    public float[][] Queries(int count)
    {
        var random = new Random(20260102);
        return [.. Enumerable.Range(0, count).Select(_ => Near(random.Next(Centres), random))];
    }

    /// <summary>One more memory.</summary>
    public MemoryDraft Draft(int number) => new()
    {
        Text = $"Memory {number}: {string.Join(' ', Enumerable.Range(0, WordsOfText).Select(_ => Word()))}.",
        Title = $"Timeouts of service {number % 97}",
        Domain = $"bench/{number % 10}",
        Task = $"task {number % 700}",
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = Near(number % Centres, _random) },
    };

    // Some words often, most seldom, as in any text.
    private string Word()
    {
        var number = (int)(Words * Math.Pow(_random.NextDouble(), 3));
        return $"{Syllables[number / 1000 % 10]}{Syllables[number / 100 % 10]}{Syllables[number / 10 % 10]}{Syllables[number % 10]}";
    }

    private float[] Near(int centre, Random random)
    {
        var vector = Gaussian(random);
        for (var i = 0; i < Dimension; i++) vector[i] = (Spread * vector[i] / MathF.Sqrt(Dimension)) + _centres[centre][i];
        return Unit(vector);
    }

    private static float[] Gaussian(Random random)
    {
        var vector = new float[Dimension];
        for (var i = 0; i < Dimension; i++)
            vector[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return vector;
    }

    private static float[] Unit(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return Array.ConvertAll(vector, v => v / length);
    }
}
