using System.IO.Compression;
using System.Text;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Tests.Interchange;

public sealed class JsonLinesTests
{
    private const string Full =
        """
        {"id":"0194401d-ae33-7f9f-962e-7d4a5da92bdc","format":"workflow","level":2,"domain":"backend/go","task":"t","title":"T","key":"k",
        "text":"x\ny","model":"m","contributor":"c","expires_us":1893456000000001,"result":"pass","requires":{"language":"go","os":"linux"},
        "tags":["b","a"],"source":"s","license":"MIT","vectors":{"code":"AACAPwAAAMA="},"rating":4.50,"notes":{"a":[1,null,"é"]}}
        """;

    [Fact]
    public void Every_field_is_read()
    {
        var draft = Parse(Full.ReplaceLineEndings(" "));
        Assert.Equal(Guid.Parse("0194401d-ae33-7f9f-962e-7d4a5da92bdc"), draft.Id);
        Assert.Equal((MemoryFormat.Workflow, MemoryLevel.Procedure, TaskResult.Pass), (draft.Format, draft.Level, draft.Result));
        Assert.Equal(("backend/go", "t", "T", "k", "x\ny"), (draft.Domain, draft.Task, draft.Title, draft.Key, draft.Text));
        Assert.Equal(("m", "c", "s", "MIT"), (draft.Model, draft.Contributor, draft.Source, draft.License));
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(10), draft.ExpiresAt);
        Assert.Equal([new("language", "go"), new("os", "linux")], draft.Requires);
        Assert.Equal(["b", "a"], draft.Tags);
        Assert.Equal([1f, -2f], draft.Vectors["code"].ToArray());
        Assert.Equal("""{"rating":4.50,"notes":{"a":[1,null,"é"]}}""", draft.Extra);
    }

    [Fact]
    public void What_was_read_is_what_is_written()
    {
        var expected = string.Concat(Full.Split('\n').Select(l => l.TrimEnd('\r')));
        Assert.Equal(expected, Write(Parse(expected)));
    }

    [Fact]
    public void Text_alone_is_enough()
    {
        var draft = Parse("""{"text":"x","model":null,"tags":null,"result":null,"id":null}""");
        Assert.Equal(new MemoryDraft { Text = "x", Tags = draft.Tags }, draft);
        Assert.Empty(draft.Tags);
    }

    [Theory]
    [InlineData("[1]", "The line is an array")]
    [InlineData("\"x\"", "The line is a string")]
    [InlineData("{", "The line is not JSON")]
    [InlineData("{\"text\":\"x\"} {", "The line is not JSON")]
    [InlineData("{\"text\":\"x\",}", "The line is not JSON")]
    [InlineData("{}", "'text' is missing")]
    [InlineData("{\"text\":null}", "'text' is null")]
    [InlineData("{\"text\":1}", "'text' is a number")]
    [InlineData("{\"text\":\"x\",\"text\":\"y\"}", "'text' stands there twice")]
    [InlineData("{\"text\":\"x\",\"id\":\"7\"}", "'id' is \"7\", which is no UUID")]
    [InlineData("{\"text\":\"x\",\"id\":7}", "'id' is a number")]
    [InlineData("{\"text\":\"x\",\"level\":0}", "'level' is 0; it goes from 1")]
    [InlineData("{\"text\":\"x\",\"level\":5}", "'level' is 5; it goes from 1")]
    [InlineData("{\"text\":\"x\",\"level\":2.5}", "'level' is 2.5; it goes from 1")]
    [InlineData("{\"text\":\"x\",\"level\":\"2\"}", "'level' is a string")]
    [InlineData("{\"text\":\"x\",\"format\":\"poem\"}", "'format' is \"poem\"; it is trajectory")]
    [InlineData("{\"text\":\"x\",\"result\":\"maybe\"}", "'result' is \"maybe\"; it is pass")]
    [InlineData("{\"text\":\"x\",\"result\":true}", "'result' is a boolean")]
    [InlineData("{\"text\":\"x\",\"domain\":[]}", "'domain' is an array")]
    [InlineData("{\"text\":\"x\",\"tags\":\"a\"}", "'tags' is a string; it must be an array")]
    [InlineData("{\"text\":\"x\",\"tags\":[1]}", "'tags' is a number")]
    [InlineData("{\"text\":\"x\",\"requires\":[]}", "'requires' is an array")]
    [InlineData("{\"text\":\"x\",\"requires\":{\"os\":1}}", "'requires.os' is a number")]
    [InlineData("{\"text\":\"x\",\"requires\":{\"os\":\"a\",\"os\":\"b\"}}", "'requires.os' stands there twice")]
    [InlineData("{\"text\":\"x\",\"expires_us\":-1}", "'expires_us' is -1; it is a whole number")]
    [InlineData("{\"text\":\"x\",\"expires_us\":9223372036854775807}", "'expires_us' is 9223372036854775807")]
    [InlineData("{\"text\":\"x\",\"expires_us\":\"soon\"}", "'expires_us' is a string")]
    [InlineData("{\"text\":\"x\",\"vectors\":{\"a\":\"?\"}}", "'vectors.a' is not base64")]
    [InlineData("{\"text\":\"x\",\"vectors\":{\"a\":\"AAAA\"}}", "'vectors.a' has 3 bytes")]
    [InlineData("{\"text\":\"x\",\"vectors\":{\"a\":[1]}}", "'vectors.a' is an array")]
    [InlineData("{\"text\":\"\\ud800\"}", "'text' holds bytes or escapes that are no Unicode")]
    [InlineData("{\"text\":\"x\",\"odd\":\"\\ud800\"}", "'odd' holds bytes or escapes that are no Unicode")]
    [InlineData("{\"tex\\ud800\":\"x\"}", "'a field's name' holds bytes or escapes that are no Unicode")]
    public void A_bad_line_is_told_by_field_and_reason(string line, string message)
    {
        Assert.False(JsonLines.TryParse(Encoding.UTF8.GetBytes(line), out _, out var error));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told()
    {
        byte[] line = [.. "{\"text\":\""u8, 0xff, .. "\"}"u8];
        Assert.False(JsonLines.TryParse(line, out _, out var error));
        Assert.StartsWith("'text' holds bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reader_takes_marks_blank_lines_and_bad_lines()
    {
        var lines = Read("\uFEFF{\"text\":\"a\"}\r\n\r\n  \nnonsense\n{\"text\":\"b\"}");
        Assert.Equal([1, 4, 5], lines.Select(l => l.Number));
        Assert.Equal(["a", null, "b"], lines.Select(l => l.Draft?.Text));
        Assert.StartsWith("The line is not JSON", lines[1].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\uFEFF")]
    public void The_reader_takes_nothing(string text) => Assert.Empty(Read(text));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300_000)]
    public void Lines_of_any_length_come_whole_however_the_stream_comes(int length)
    {
        var texts = Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), length)).ToArray();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', texts.Select(t => $"{{\"text\":\"{t}\"}}")));
        using var reader = new JsonLinesReader(new TrickleStream(bytes, length < 100 ? 1 : 4099));
        Assert.Equal(texts, All(reader).Select(l => l.Draft!.Text));
    }

    [Fact]
    public void A_line_too_long_is_told_and_skipped()
    {
        var tooLong = new string('x', JsonLinesReader.MaxLineBytes + 1);
        var lines = Read($"{tooLong}\n{{\"text\":\"b\"}}\n{tooLong}");
        Assert.Equal([1, 2, 3], lines.Select(l => l.Number));
        Assert.Equal([null, "b", null], lines.Select(l => l.Draft?.Text));
        Assert.Contains("more than 16777216 bytes", lines[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_is_read_by_its_first_bytes_and_its_damage_is_told()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"text\":\"{i} {Guid.NewGuid()}\"}}\n"))));
        using var whole = new JsonLinesReader(new MemoryStream(packed.ToArray()));
        Assert.Equal(5000, All(whole).Count(l => l.Error is null));
        var bytes = packed.ToArray();
        bytes.AsSpan(bytes.Length / 2, 64).Clear();
        using var damaged = new JsonLinesReader(new MemoryStream(bytes));
        Assert.Contains("gzip data is damaged", All(damaged)[^1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_of_content_is_a_version_8_uuid_that_depends_on_content_alone()
    {
        var draft = new MemoryDraft { Text = "x", Tags = ["b", "a", "b"] };
        var id = JsonLines.ContentId(draft);
        Assert.Equal((8, 0x8), (id.Version, id.Variant & 0xC));
        Assert.Equal(id, JsonLines.ContentId(draft with { Tags = ["a", "b"], Id = Guid.NewGuid() }));
        Assert.NotEqual(id, JsonLines.ContentId(draft with { Text = "y" }));
    }

    [Fact]
    public void A_field_that_goes_by_a_known_name_is_left_out()
    {
        var draft = new MemoryDraft { Text = "x", Extra = """{"text":"y","mine":1}""" };
        Assert.Equal("""{"format":"insight","level":3,"text":"x","mine":1}""", Write(draft));
    }

    internal static MemoryDraft Parse(string line) =>
        JsonLines.TryParse(Encoding.UTF8.GetBytes(line), out var draft, out var error) ? draft : throw new Xunit.Sdk.XunitException(error);

    internal static string Write(MemoryDraft draft)
    {
        using var stream = new MemoryStream();
        using (var writer = new JsonLinesWriter(stream, leaveOpen: true)) writer.Write(draft);
        var text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text[..^1]);
        return text[..^1];
    }

    private static List<JsonLine> Read(string text)
    {
        using var reader = new JsonLinesReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return All(reader);
    }

    private static List<JsonLine> All(JsonLinesReader reader)
    {
        var lines = new List<JsonLine>();
        while (reader.TryRead(out var line)) lines.Add(line);
        return lines;
    }

    /// <summary>Hands out a few bytes at a time, as a pipe may.</summary>
    private sealed class TrickleStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
