using System.Reflection;

namespace MemoryEngine.Architecture;

/// <summary>
/// What others build on changes only on purpose: the public surface is kept in PublicApi.txt, where a review sees each change.
/// </summary>
public sealed class PublicApiTests
{
    private const string Kept = "tests/MemoryEngine.Architecture/PublicApi.txt";
    private const string Accept = "MEMORYENGINE_ACCEPT_API";

    [Fact]
    public void The_public_surface_is_the_one_kept()
    {
        var now = ApiDump.Of([.. typeof(ErrorCode).Assembly.GetTypes(), .. typeof(Protocol.ProtocolLimits).Assembly.GetTypes()]);
        Assert.NotEmpty(now);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(Path.Combine(Repository.Root, Kept), string.Join('\n', now) + "\n");
        var kept = File.Exists(Path.Combine(Repository.Root, Kept)) ? Repository.Read(Kept) : "";
        var difference = Difference(kept, now);
        Assert.True(
            difference.Length == 0,
            $"The public surface is not the one in {Kept}:\n{difference}\n" +
            $"If that is meant, run this test once more with {Accept}=1 and commit the file.");
    }

    [Theory]
    [InlineData("a\nb\n", "a|b", "")]
    [InlineData("a\nb\n", "a|c", "- b\n+ c")]
    [InlineData("a\n", "a|b", "+ b")]
    [InlineData("a\nb\n", "b", "- a")]
    [InlineData("a\n", "a|a", "+ a")]
    public void A_difference_is_shown(string kept, string now, string difference) =>
        Assert.Equal(difference, Difference(kept, now.Split('|')));

    [Fact]
    public void The_dump_shows_everything_that_others_can_build_on()
    {
        var types = typeof(ApiSamples.ApiSample<>).GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
            .Append(typeof(ApiSamples.ApiSample<>));
        string[] expected =
        [
            ": abstract class : IDisposable where T : Exception",
            ": const string Name = \"n\"",
            ": event Action Changed",
            ": (int, string?) Pair { get; }",
            ": IReadOnlyList<string?>? List { get; protected set; }",
            ": protected new(T value, in int count = 3)",
            ": protected abstract ValueTask<T> Read<S>(Span<byte> buffer, out string? rest) where S : IFormattable, new()",
            ": required string Title { get; init; }",
            ": static int Count(params int[]? numbers)",
            ": virtual void Dispose()",
            ".Inner: sealed record class : IEquatable<ApiSample.Inner>",
            ".Inner: Guid? Id { get; init; }",
            ".Inner: new(Guid? Id)",
            ".Kind: flags enum : byte",
            ".Kind.One = 1",
        ];
        var prefix = "MemoryEngine.Architecture.ApiSamples.ApiSample<T>";
        var difference = Difference(string.Join('\n', expected.Select(e => prefix + e)), ApiDump.Of(types));
        Assert.True(difference.Length == 0, difference);
    }

    private static string Difference(string kept, IReadOnlyList<string> now)
    {
        var gone = kept.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        var added = now.Where(line => !gone.Remove(line)).ToArray();
        return string.Join('\n', gone.Select(l => "- " + l).Concat(added.Select(l => "+ " + l)));
    }
}
