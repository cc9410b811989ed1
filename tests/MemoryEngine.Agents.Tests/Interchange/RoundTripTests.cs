using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Tests.Interchange;

/// <summary>Whatever a memory holds, its line gives it back.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<string> Text =
        from runes in Gen.OneOf(
            Gen.Elements('a', 'Z', '0', ' ', '"', '\\', '\n', '\0', '<', '\u2028', '\u00e9', '\uffff').Select(c => c.ToString()),
            Gen.Choose(0x10000, 0x10ffff).Select(char.ConvertFromUtf32),
            Gen.Choose(1, 0xd7ff).Select(c => ((char)c).ToString())).ListOf()
        select string.Concat(runes);

    private static readonly Gen<string?> Optional = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(t => (string?)t));

    private static readonly Gen<float[]> Vector =
        Gen.OneOf(Gen.Elements(0f, -0f, 1f, float.MaxValue, float.Epsilon, float.NaN), Gen.Choose(-1000, 1000).Select(i => i / 7f)).ArrayOf();

    private static readonly Gen<MemoryDraft> Drafts =
        from names in Optional.ArrayOf(7)
        from text in Text
        from domain in Text
        from numbers in Gen.Choose(0, int.MaxValue).ArrayOf(5)
        from tags in Text.ListOf()
        from requires in Gen.Zip(Text, Text).ListOf()
        from vectors in Gen.Zip(Text, Vector).ListOf()
        from extra in Gen.Zip(Text, Text).ListOf()
        select new MemoryDraft
        {
            Id = numbers[0] % 2 == 0 ? null : Guid.NewGuid(),
            Text = text,
            Domain = domain,
            Level = (MemoryLevel)((numbers[1] % 4) + 1),
            Format = (MemoryFormat)((numbers[2] % 4) + 1),
            Result = (TaskResult)(numbers[3] % 3),
            ExpiresAt = numbers[4] % 2 == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(10L * numbers[4] * 1_000_003),
            Task = names[0],
            Title = names[1],
            Key = names[2],
            Model = names[3],
            Contributor = names[4],
            Source = names[5],
            License = names[6],
            Tags = [.. tags],
            Requires = requires.DistinctBy(r => r.Item1).ToDictionary(r => r.Item1, r => r.Item2),
            Vectors = vectors.DistinctBy(v => v.Item1).ToDictionary(v => v.Item1, v => (ReadOnlyMemory<float>)v.Item2),
            Extra = Extra(extra),
        };

    [Fact]
    public void A_line_gives_back_what_was_written() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(Arb.From(Drafts), draft => AssertSame(draft, JsonLinesTests.Parse(JsonLinesTests.Write(draft)))));

    [Fact]
    public void A_line_written_again_is_the_same_line() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Arb.From(Drafts),
                draft =>
                {
                    var line = JsonLinesTests.Write(draft);
                    var read = JsonLinesTests.Parse(line);
                    Assert.Equal(line, JsonLinesTests.Write(read));
                    Assert.Equal(JsonLines.ContentId(draft), JsonLines.ContentId(read));
                }));

    private static void AssertSame(MemoryDraft expected, MemoryDraft actual)
    {
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.Requires.OrderBy(r => r.Key, StringComparer.Ordinal), actual.Requires.OrderBy(r => r.Key, StringComparer.Ordinal));
        Assert.Equal(expected.Vectors.Keys.Order(StringComparer.Ordinal), actual.Vectors.Keys.Order(StringComparer.Ordinal));
        foreach (var (space, vector) in expected.Vectors)
            Assert.Equal(Bits(vector), Bits(actual.Vectors[space]));
        Assert.Equal(expected with { Tags = actual.Tags, Requires = actual.Requires, Vectors = actual.Vectors }, actual);
    }

    // A NaN is not equal to itself, and -0 is to 0.
    private static IEnumerable<int> Bits(ReadOnlyMemory<float> vector) => vector.ToArray().Select(BitConverter.SingleToInt32Bits);

    // As the reader makes it: what stands in Extra is one object, its names not those of the form.
    private static string? Extra(IEnumerable<(string, string)> fields)
    {
        var unknown = fields.Where(f => f.Item1.Length > 0).DistinctBy(f => f.Item1).ToDictionary(f => "x-" + f.Item1, f => f.Item2);
        if (unknown.Count == 0) return null;
        var json = System.Text.Json.JsonSerializer.Serialize(unknown);
        return JsonLinesTests.Parse(json.Insert(1, "\"text\":\"\",")).Extra;
    }
}
