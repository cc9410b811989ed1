using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Embedders.Static;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>The tokenizer against pieces that wordpiece.py worked out from Python's Unicode data.</summary>
public sealed class WordPieceTests
{
    [Fact]
    public void Texts_fall_into_the_pieces_that_another_implementation_finds()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Embedders", "wordpiece.json")));
        string[] vocabulary = [.. file.RootElement.GetProperty("vocabulary").EnumerateArray().Select(p => p.GetString()!)];
        var tokenizer = Read(ModelFolder.TokenizerOf(vocabulary, file.RootElement.GetProperty("max_word").GetInt32())).Tokenizer;
        var count = 0;
        foreach (var example in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = example.GetProperty("text").GetString()!;
            var expected = example.GetProperty("pieces").EnumerateArray().Select(p => p.GetString()!);
            Assert.Equal((text, string.Join(' ', expected)), (text, string.Join(' ', Ids(tokenizer, text).Select(i => vocabulary[i]))));
            count++;
        }
        Assert.True(count > 100);
    }

    [Fact]
    public void Accents_come_off_as_the_Unicode_database_says()
    {
        // Of each character of the basic plane that is left otherwise, with what is left, as unicodedata.normalize has it.
        const string OfPython = "8c1a02f12436da85b4e9821fc1106c1b1b7d9951e97e938cda123b88df1ac81a";
        var (lines, count) = (new StringBuilder(), 0);
        Span<char> target = stackalloc char[3];
        for (var c = 0x80; c <= 0xFFFF; c++)
        {
            var left = target[..Accents.Strip((char)c, target)];
            if (left.Length == 0 || (left.Length == 1 && left[0] == c)) continue;
            lines.Append((char)c).Append(left).Append('\n');
            count++;
        }
        Assert.Equal(12187, count);
        Assert.Equal(OfPython, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString()))));
        Assert.Equal(0, Accents.Strip('\u0301', target));
    }

    [Fact]
    public void Long_words_and_long_texts_are_bounded()
    {
        var tokenizer = Read(ModelFolder.TokenizerOf(["[PAD]", "[UNK]", "a", "##a", "b"], maxWord: 5)).Tokenizer;
        Assert.Equal([2, 3, 3, 3, 3, 4], Ids(tokenizer, "aaaaa aaaaaa b"));
        Assert.Equal([4], Ids(tokenizer, new string('a', 100_000) + " b"));
        var ids = new List<int>();
        tokenizer.Encode(string.Concat(Enumerable.Repeat("aaa ", 1000)), ids, 10);
        Assert.Equal(10, ids.Count);
    }

    [Fact]
    public void Normalizers_say_what_is_done()
    {
        var tokenizer = ModelFolder.TokenizerOf(["[PAD]", "[UNK]", "e", "\u00e9", "E", "\u4e2d", "##e"]);
        Assert.Equal([2, 2], Ids(With(tokenizer, "null"), "e e\u4e2d e"));
        Assert.Equal([4, 2, 3], Ids(With(tokenizer, "null"), "E e \u00e9"));
        Assert.Equal([2, 3], Ids(With(tokenizer, """{"type":"Lowercase"}"""), "E \u00c9"));
        const string Sequence = """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""";
        Assert.Equal([2, 2], Ids(With(tokenizer, Sequence), "E \u00c9"));
        Assert.Equal([2, 3], Ids(With(tokenizer, """{"type":"BertNormalizer","lowercase":true,"strip_accents":false}"""), "E \u00c9"));
        Assert.Equal([4, 3], Ids(With(tokenizer, """{"type":"BertNormalizer","lowercase":false}"""), "E \u00e9"));
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no JSON")]
    [InlineData("{}", "no 'model'")]
    [InlineData("""{"model":{"type":"Unigram"}}""", "'Unigram'; WordPiece")]
    [InlineData("""{"model":{"type":"WordPiece"}}""", "pre_tokenizer ''")]
    public void Other_tokenizers_are_refused_by_name(string json, string why) => Refused(json, why);

    [Fact]
    public void So_is_what_is_not_done_here()
    {
        Refused(t => t["pre_tokenizer"]!["type"] = "Metaspace", "'Metaspace'; BertPreTokenizer");
        Refused(t => t["normalizer"]!["type"] = "Replace", "'Replace'");
        Refused(t => t["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"}]}"""), "'NFD'");
        Refused(t => t["model"]!["vocab"] = new JsonArray(), "no 'vocab'");
        Refused(t => t["model"]!["vocab"] = new JsonObject(), "empty vocabulary");
        Refused(t => t["model"]!["vocab"]!["the"] = -1, "'the' that is no id");
        Refused(t => t["model"]!["vocab"]!["the"] = 1.5, "'the' that is no id");
        Refused(t => t["model"]!["vocab"]!["the"] = 2_000_000_000, "'the' that is no id");
        Refused(t => t["model"]!["max_input_chars_per_word"] = 0, "max_input_chars_per_word");
        Refused(t => t["added_tokens"]![0]!["id"] = "x", "added token without an id");
    }

    private static void Refused(Action<JsonObject> change, string why)
    {
        var tokenizer = ModelFolder.TokenizerOf(ModelFolder.Pieces);
        change(tokenizer);
        Refused(tokenizer.ToJsonString(), why);
    }

    private static void Refused(string json, string why)
    {
        var error = Assert.Throws<FormatException>(() => TokenizerFile.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static WordPieceTokenizer With(JsonObject tokenizer, string normalizer)
    {
        tokenizer["normalizer"] = JsonNode.Parse(normalizer);
        return Read(tokenizer).Tokenizer;
    }

    private static (WordPieceTokenizer Tokenizer, int Ids) Read(JsonObject json) =>
        TokenizerFile.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static List<int> Ids(WordPieceTokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, ids, int.MaxValue);
        return ids;
    }
}
