using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>A small model, written into a folder of its own.</summary>
internal sealed class ModelFolder : IDisposable
{
    public static readonly string[] Pieces = ["[PAD]", "[UNK]", "retry", "re", "##try", "queue", "the", ".", "##s"];

    public string Root { get; } = Directory.CreateTempSubdirectory("memengine-model-").FullName;

    public string Tokenizer => Path.Combine(Root, "tokenizer.json");

    public string Table => Path.Combine(Root, "model.safetensors");

    public string Config => Path.Combine(Root, "config.json");

    /// <summary>Writes a whole model: row n of the table is (n, 1, -n).</summary>
    public static ModelFolder Whole(bool normalize = false)
    {
        var folder = new ModelFolder();
        folder.WriteTokenizer(TokenizerOf(Pieces));
        folder.WriteTable(("embeddings", "F32", [Pieces.Length, 3], Singles([.. Rows(Pieces.Length)])));
        File.WriteAllText(folder.Config, $$"""{"model_type":"model2vec","normalize":{{(normalize ? "true" : "false")}}}""");
        return folder;
    }

    public static IEnumerable<float> Rows(int count) => Enumerable.Range(0, count).SelectMany(n => new float[] { n, 1, -n });

    public static byte[] Singles(params float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    public static JsonObject TokenizerOf(IEnumerable<string> pieces, int maxWord = 100) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 1, ["content"] = "[UNK]", ["special"] = true }),
        ["normalizer"] = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["lowercase"] = true,
        },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = maxWord,
            ["vocab"] = new JsonObject(pieces.Select((p, i) => KeyValuePair.Create(p, (JsonNode?)i))),
        },
    };

    public void WriteTokenizer(JsonNode tokenizer) => File.WriteAllText(Tokenizer, tokenizer.ToJsonString());

    public void WriteTable(params (string Name, string Type, long[] Shape, byte[] Bytes)[] tensors) =>
        File.WriteAllBytes(Table, TableOf(tensors));

    public static byte[] TableOf(params (string Name, string Type, long[] Shape, byte[] Bytes)[] tensors)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long at = 0;
        foreach (var (name, type, shape, bytes) in tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. shape.Select(s => (JsonNode)s)]),
                ["data_offsets"] = new JsonArray(at, at + bytes.Length),
            };
            at += bytes.Length;
        }
        return FileOf(header.ToJsonString(), [.. tensors.SelectMany(t => t.Bytes)]);
    }

    public static byte[] FileOf(string header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, Encoding.UTF8.GetByteCount(header));
        return [.. length, .. Encoding.UTF8.GetBytes(header), .. data];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
