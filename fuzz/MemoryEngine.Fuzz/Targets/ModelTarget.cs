using System.Text;
using MemoryEngine.Agents.Embedders.Static;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as a part of a model. An even first byte: the header of a safetensors file with as many bytes of data as the
/// second says. An odd one: a tokenizer.
/// </summary>
internal sealed class ModelTarget : FuzzTarget
{
    private const string Text = "Retrys the QUEUE. caf\u00e9 \u4e2d\ud55c \U0001f680 \ud800";

    private const string Tensors =
        """{"__metadata__":{"format":"pt"},"embeddings":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"weights":{"dtype":"F16","shape":[2],""" +
        """ "data_offsets":[24,28]}}""";

    private const string Tokenizer =
        """{"normalizer":{"type":"BertNormalizer","lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"added_tokens":[{"id":0}],""" +
        """ "model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"retry":1,"##s":2,"queue":3,".":4,"c":5,"##afe":6}}}""";

    public override string Name => "model";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        var rest = input[2..].ToArray();
        try
        {
            if (input[0] % 2 == 0) RunHeader(rest, input[1]);
            else RunTokenizer(rest);
        }
        catch (FormatException e)
        {
            // Without names and numbers, which every input can have of its own.
            Outcome = string.Join(' ', e.Message.Split(' ').Where(w => w.All(char.IsAsciiLetter)).Take(5));
        }
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("empty", []);
        yield return ("tensors", Bytes(0, 28, Tensors));
        yield return ("too-little-data", Bytes(0, 27, Tensors));
        yield return ("no-tensors", Bytes(0, 0, "{}"));
        yield return ("overlap", Bytes(
            0, 6, """{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[2,6]}}"""));
        yield return ("huge-shape", Bytes(0, 4, """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"""));
        yield return ("huge-offsets", Bytes(0, 4, """{"a":{"dtype":"Q","shape":[],"data_offsets":[9223372036854775806,9223372036854775807]}}"""));
        yield return ("half-pair", Bytes(0, 4, """{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"""));
        yield return ("tokenizer", Bytes(1, 0, Tokenizer));
        yield return ("sequence", Bytes(1, 0, Tokenizer.Replace(
            """{"type":"BertNormalizer","lowercase":true}""",
            """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
            StringComparison.Ordinal)));
        yield return ("other-model", Bytes(1, 0, """{"model":{"type":"BPE"}}"""));
        var nested = "\"Sequence\",\"normalizers\":[" + new string('[', 60);
        yield return ("nested", Bytes(1, 0, Tokenizer.Replace("\"BertNormalizer\"", nested, StringComparison.Ordinal)));
    }

    private void RunHeader(byte[] header, int data)
    {
        var size = SafetensorsHeader.LengthBytes + header.Length + data;
        var tensors = SafetensorsHeader.Read(header, size);
        Outcome = $"{tensors.Count} tensors";
        Require(tensors.Values.Sum(t => t.Length) == data, "the tensors are all that there is");
        Require(tensors.Values.All(t => t.Start >= size - data && t.Start + t.Length <= size), "tensors lie in the file");
    }

    private void RunTokenizer(byte[] json)
    {
        var (tokenizer, count) = TokenizerFile.Read(json);
        var ids = new List<int>();
        tokenizer.Encode(Text, ids, 10);
        Outcome = $"{ids.Count} tokens";
        Require(ids.Count <= 10 && ids.All(i => i >= 0 && i < count), "tokens are of the vocabulary");
    }

    private static byte[] Bytes(byte first, byte second, string text) => [first, second, .. Encoding.UTF8.GetBytes(text)];
}
