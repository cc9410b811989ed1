using System.Text;
using System.Text.Json;
using MemoryEngine.Agents.Embedders;
using MemoryEngine.Agents.Http;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as the answer of an endpoint of embeddings. The first says which interface it speaks and how many texts there were.</summary>
internal sealed class EmbeddingsTarget : FuzzTarget
{
    private const string OpenAI = """{"data":[{"index":1,"embedding":[1,-2.5e-3]},{"index":0,"embedding":"AACAPwAAAEA="}],"model":"m"}""";
    private const string Ollama = """{"model":"m","embeddings":[[0.5,1],[2,3]],"total_duration":1}""";

    public override string Name => "embeddings";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var (api, count) = (input[0] % 2 == 0 ? EmbeddingApi.OpenAI : EmbeddingApi.Ollama, 1 + (input[0] / 2 % 4));
        float[][] vectors;
        try
        {
            vectors = EmbeddingWire.Vectors(api, input[1..].ToArray(), count);
        }
        catch (Exception e) when (e is JsonException or BadAnswerException or InvalidOperationException)
        {
            Outcome = e is BadAnswerException ? string.Concat(e.Message.Where(char.IsLetter)) : e.GetType().Name;
            return;
        }
        Outcome = "vectors";
        Require(vectors.Length == count, "there is a vector for each text");
        Require(vectors.All(v => v.Length is >= Limits.MinDimension and <= Limits.MaxDimension && v.All(float.IsFinite)), "vectors are finite");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("empty", []);
        yield return ("openai", Bytes(2, OpenAI));
        yield return ("ollama", Bytes(3, Ollama));
        yield return ("one-too-many", Bytes(0, OpenAI));
        yield return ("no-index", Bytes(0, """{"data":[{"embedding":[1,2]}]}"""));
        yield return ("huge-index", Bytes(0, """{"data":[{"index":4294967296,"embedding":[1,2]}]}"""));
        yield return ("infinity", Bytes(1, """{"embeddings":[[1e999,2]]}"""));
        yield return ("nan", Bytes(1, """{"embeddings":[[NaN,2]]}"""));
        yield return ("half-pair", Bytes(0, """{"data":[{"index":0,"embedding":"\ud800"}],"\ud800":1}"""));
        yield return ("not-utf8", [0, .. Encoding.UTF8.GetBytes("{\"data\":[{\"embedding\":\""), 0xFF, .. Encoding.UTF8.GetBytes("\"}]}")]);
        yield return ("deep", Bytes(1, "{\"embeddings\":" + new string('[', 80) + new string(']', 80) + "}"));
        yield return ("error", Bytes(1, """{"error":"model not found"}"""));
        yield return ("html", Bytes(0, "<html></html>"));
    }

    private static byte[] Bytes(byte first, string text) => [first, .. Encoding.UTF8.GetBytes(text)];
}
