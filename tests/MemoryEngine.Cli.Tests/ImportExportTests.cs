using System.IO.Compression;
using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

public sealed class ImportExportTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Importing_twice_adds_nothing_with_ids_or_without()
    {
        var file = _cli.Write(
            "m.jsonl", """{"text":"no id","tags":["b","a"]}""", """{"id":"0194401d-ae33-7f9f-962e-7d4a5da92bdc","text":"with id","odd":[1, 2]}""");
        Assert.Equal((2, 2, 0, 0), Counts(await _cli.JsonAsync(0, "import", file)));
        Assert.Equal((2, 0, 0, 2), Counts(await _cli.JsonAsync(0, "import", file)));
        _cli.Write("m.jsonl", """{"id":"0194401d-ae33-7f9f-962e-7d4a5da92bdc","text":"other text"}""");
        var third = await _cli.JsonAsync(0, "import", file, "--durability", "process");
        Assert.Equal((1, 0, 1, 0), Counts(third));
        Assert.True(third.GetProperty("seconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Bad_lines_are_told_one_by_one_and_the_rest_goes_on()
    {
        var file = _cli.Write(
            "m.jsonl", """{"text":"one"}""", "nonsense", """{"text":"two","domain":"/x/"}""", """{"text":"three"}""",
            """{"text":"four","vectors":{"v":"AACAPwAAgD8="}}""", """{"text":"five","vectors":{"v":"AACAPw=="}}""",
            """{"text":"six","vectors":{"no good":"AACAPwAAgD8="}}""", $$"""{"text":"{{new string('x', (1 << 20) + 1)}}"}""");
        var result = await _cli.JsonAsync(0, "import", file);
        Assert.Equal((8, 3, 0, 0), Counts(result));
        var failed = result.GetProperty("failed").EnumerateArray().OrderBy(f => f.GetProperty("line").GetInt32()).ToArray();
        Assert.Equal([2, 3, 6, 7, 8], failed.Select(f => f.GetProperty("line").GetInt32()));
        Assert.All(failed, f => Assert.Equal(file, f.GetProperty("file").GetString()));
        string[] reasons = ["not JSON", "domain", "has 1 dimensions", "no name of a vector space", "text"];
        Assert.All(failed.Zip(reasons), p => Assert.Contains(p.Second, p.First.GetProperty("message").GetString(), StringComparison.Ordinal));
        var human = await _cli.RunAsync("import", file);
        Assert.Contains($"{file}:2: ", human.Error, StringComparison.Ordinal);
        Assert.Contains("3 unchanged, 5 failed", human.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("""{"text":"refused","domain":"/x/"}""")]
    [InlineData("""{"text":"refused","vectors":{"text":"AACAPwAAgD8="}}""")]
    public async Task Strict_stops_at_the_first_bad_line(string bad)
    {
        var file = _cli.Write("m.jsonl", """{"text":"one"}""", bad, """{"text":"three"}""");
        var error = await _cli.JsonAsync(2, "import", file, "--strict");
        Assert.Equal("bad_line", error.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains($"{file}:2: ", error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        var list = await _cli.JsonAsync(0, "list");
        Assert.Equal("one", Assert.Single(list.GetProperty("memories").EnumerateArray()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task The_last_of_several_lines_with_one_id_wins()
    {
        const string Id = "0194401d-ae33-7f9f-962e-7d4a5da92bdc";
        var file = _cli.Write("m.jsonl", [.. Enumerable.Range(0, 3000).Select(i => $$"""{"id":"{{Id}}","text":"{{i / 1000}}"}""")]);
        Assert.Equal((3000, 1, 2, 2997), Counts(await _cli.JsonAsync(0, "import", file)));
        Assert.Equal("2", (await _cli.JsonAsync(0, "get", Id)).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("out.jsonl")]
    [InlineData("out.jsonl.gz")]
    public async Task What_is_exported_is_the_same_pool_when_it_is_imported(string name)
    {
        var samples = Path.Combine(_cli.Root, "samples.jsonl");
        using (var resource = Quickstart.Samples.Memories())
        using (var target = File.Create(samples)) resource.CopyTo(target);
        var odd = _cli.Write(
            "odd.jsonl",
            """{"text":"x","vectors":{"v":"AACAPwAAgD8="},"odd" : {"a" : [1.0, "é\n"]},"expires_us":4000000000000000,"result":"fail"}""");
        await _cli.JsonAsync(0, "import", samples, odd);
        var file = Path.Combine(_cli.Root, name);
        var exported = await _cli.JsonAsync(0, "export", file);
        Assert.Equal(80, exported.GetProperty("written").GetInt32());
        Assert.False(File.Exists(file + ".partial"));

        Assert.Equal((80, 0, 0, 80), Counts(await _cli.JsonAsync(0, "import", file)));
        var other = Path.Combine(_cli.Root, "other");
        Assert.Equal((80, 80, 0, 0), Counts(await _cli.JsonAsync(0, "import", file, "--pool", other)));
        var again = Path.Combine(_cli.Root, "again.jsonl");
        await _cli.JsonAsync(0, "export", again, "--pool", other);
        Assert.Equal(Lines(file), Lines(again));
    }

    [Fact]
    public async Task Files_that_are_not_there_are_told_before_a_pool_is_made()
    {
        var error = await _cli.JsonAsync(2, "import", Path.Combine(_cli.Root, "none.jsonl"));
        Assert.Contains("There is no file", error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.Pool));
    }

    [DataFact]
    [Trait("Category", "Data")]
    public async Task Memories_of_others_come_in_whole_and_once()
    {
        var files = Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "memories"), "*.jsonl.gz");
        var lines = files.Sum(f => Lines(f).Count);
        Assert.Equal((lines, lines, 0, 0), Counts(await _cli.JsonAsync(0, ["import", .. files])));
        Assert.Equal((lines, 0, 0, lines), Counts(await _cli.JsonAsync(0, ["import", .. files])));
    }

    private static (int Read, int Added, int Revised, int Unchanged) Counts(JsonElement result) => (
        result.GetProperty("read").GetInt32(), result.GetProperty("added").GetInt32(), result.GetProperty("revised").GetInt32(),
        result.GetProperty("unchanged").GetInt32());

    private static List<string> Lines(string file)
    {
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress)
            : File.OpenRead(file);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
