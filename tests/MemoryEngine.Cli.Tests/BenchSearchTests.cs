using System.Buffers.Binary;
using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

/// <summary>The verb that measures search over anybody's vectors: the four forms of files, and what is wrong with bad ones.</summary>
public sealed class BenchSearchTests : IDisposable
{
    private const int Count = 400, Queries = 30, Dimension = 12;
    private readonly CliRun _cli = new();
    private readonly float[][] _vectors = Make(Count, seed: 1);
    private readonly float[][] _queries = Make(Queries, seed: 2);

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData(".fvecs", "l2")]
    [InlineData(".fbin", "cosine")]
    [InlineData(".bvecs", "dot")]
    [InlineData(".u8bin", "l2")]
    public async Task Every_form_of_vectors_is_read_and_searched(string extension, string metric)
    {
        var (vectors, queries) = (Write("base" + extension, _vectors), Write("queries" + extension, _queries));
        var figures = await _cli.JsonAsync(
            0, "bench", "search", "--base", vectors, "--queries", queries, "--metric", metric, "--ef", "10,200", "--threads", "2");
        Assert.True(figures.GetProperty("resident_bytes").GetInt64() > 0);
        Assert.True(figures.GetProperty("file_bytes").GetInt64() > 0);
        Assert.True(figures.GetProperty("build_seconds").GetDouble() > 0);
        Assert.True(figures.GetProperty("build_cpu_seconds").GetDouble() >= 0);
        var wide = figures.GetProperty("results")[1];
        Assert.Equal(200, wide.GetProperty("ef").GetInt32());
        Assert.True(wide.GetProperty("recall_at_10").GetDouble() > 0.98, wide.ToString());
        string[] names = ["queries_per_second", "queries_per_cpu_second", "p50_us", "p99_us", "distances"];
        Assert.All(names, name => Assert.True(wide.GetProperty(name).GetDouble() > 0));
    }

    [Theory]
    [InlineData(".ivecs")]
    [InlineData(".ibin")]
    public async Task Only_queries_with_a_truth_count(string extension)
    {
        var whole = await SearchAsync("--truth", WriteTruth("whole" + extension, [Exact(_queries[0]), Exact(_queries[1])]));
        Assert.Equal(1.0, RecallOf(whole), 1e-9);
        var first = await SearchAsync("--truth", WriteTruth("first" + extension, [Exact(_queries[0])]));
        Assert.Equal(1.0, RecallOf(first), 1e-9);
    }

    [Fact]
    public async Task People_are_shown_a_table()
    {
        var answer = await _cli.RunAsync(
            "bench", "search", "--base", Write("b.fvecs", _vectors), "--queries", Write("q.fvecs", _queries), "--metric", "l2", "--ef", "50");
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("recall@10", answer.Out, StringComparison.Ordinal);
        Assert.Contains("400 vectors of 12 dimensions", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_files_are_refused_with_the_reason()
    {
        var good = Write("good.fbin", _vectors);
        await RefusedAsync(Bytes("cut.fbin", File.ReadAllBytes(good)[..^3]), "bytes of vectors");
        await RefusedAsync(Bytes("empty.fvecs", []), "is empty");
        await RefusedAsync(Bytes("short.u8bin", [1, 0]), "too few for a header");
        await RefusedAsync(Bytes("negative.fbin", [1, 0, 0, 0, 255, 255, 255, 255]), "dimensions");
        await RefusedAsync(Bytes("odd.txt", [1]), ".fvecs, .bvecs, .fbin or .u8bin");
        await RefusedAsync(Write("other.fbin", [[1f, 2f]]), "12");
        var mixed = File.ReadAllBytes(Write("mixed.fvecs", _vectors));
        mixed[4 + (4 * Dimension)] = 9;
        await RefusedAsync(Bytes("mixed.fvecs", mixed), "vector 1 has 9 dimensions");
        var infinite = Make(3, seed: 3);
        infinite[2][4] = float.NaN;
        await RefusedAsync(Write("nan.fbin", infinite), "vector 2 has a component that is no number");
        await RefusedAsync(Write("zero.fbin", [new float[Dimension]]), "vector 0 is zero", "cosine");
        await RefusedAsync(good, "--metric is l2, cosine or dot", "manhattan");
    }

    [Theory]
    [InlineData(-1, "has the neighbour -1")]
    [InlineData(Count, "has the neighbour 400")]
    public async Task A_truth_of_other_vectors_is_refused(int row, string message)
    {
        var truth = WriteTruth("truth.ibin", [[row, .. Exact(_queries[0])[1..]]]);
        var answer = await _cli.RunAsync(
            "bench", "search", "--base", Write("b.fvecs", _vectors), "--queries", Write("q.fvecs", _queries), "--metric", "l2", "--truth", truth);
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> SearchAsync(params string[] more) => await _cli.JsonAsync(
        0,
        [
            "bench", "search", "--base", Write("b.fvecs", _vectors), "--queries", Write("q.fvecs", _queries[..2]),
            "--metric", "l2", "--ef", "400", .. more,
        ]);

    private static double RecallOf(JsonElement figures) => figures.GetProperty("results")[0].GetProperty("recall_at_10").GetDouble();

    private async Task RefusedAsync(string path, string message, string metric = "l2")
    {
        var answer = await _cli.RunAsync("bench", "search", "--base", path, "--queries", Write("q.fbin", _queries), "--metric", metric);
        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
    }

    private string Bytes(string name, byte[] bytes)
    {
        var path = Path.Combine(_cli.Root, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Write(string name, float[][] vectors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var hasCount = name.EndsWith("bin", StringComparison.Ordinal);
        var isByte = name.EndsWith(".bvecs", StringComparison.Ordinal) || name.EndsWith(".u8bin", StringComparison.Ordinal);
        if (hasCount) writer.Write(vectors.Length);
        if (hasCount) writer.Write(vectors[0].Length);
        foreach (var vector in vectors)
        {
            if (!hasCount) writer.Write(vector.Length);
            foreach (var component in vector)
            {
                if (isByte) writer.Write((byte)component);
                else writer.Write(component);
            }
        }
        return Bytes(name, stream.ToArray());
    }

    private string WriteTruth(string name, int[][] truth)
    {
        var hasCount = name.EndsWith(".ibin", StringComparison.Ordinal);
        var numbers = truth.SelectMany(line => hasCount ? line : [line.Length, .. line]);
        if (hasCount) numbers = numbers.Prepend(truth[0].Length).Prepend(truth.Length);
        return Bytes(name, [.. numbers.SelectMany(n =>
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, n);
            return bytes;
        })]);
    }

    private int[] Exact(float[] query, int k = 10) =>
        [.. Enumerable.Range(0, Count).OrderBy(row => _vectors[row].Zip(query, (a, b) => (a - b) * (a - b)).Sum()).Take(k)];

    /// <summary>Whole numbers from 0 to 255, which floats and bytes both hold.</summary>
    private static float[][] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Dimension).Select(_ => (float)random.Next(1, 256)).ToArray())];
    }
}
