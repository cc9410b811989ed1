using System.Globalization;
using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>What was recalled, and why, for scripts and for people.</summary>
internal static class RecallText
{
    public static void Write(Utf8JsonWriter json, RecalledMemory recalled, bool withRanks)
    {
        var (memory, scores) = recalled;
        json.WriteStartObject();
        json.WriteString("id", memory.Id);
        json.WriteNumber("version", memory.Version);
        json.WriteNumber("level", (int)memory.Level);
        json.WriteString("format", InterchangeNames.Of(memory.Format));
        json.WriteString("domain", memory.Domain);
        json.WriteString("title", memory.Title);
        json.WriteString("text", memory.Text);
        json.WriteStartObject("scores");
        Number(json, "vector", scores.Vector);
        Number(json, "bm25", scores.Bm25);
        json.WriteNumber("fused", scores.Fused);
        if (withRanks)
        {
            Number(json, "vector_rank", scores.VectorRank);
            Number(json, "bm25_rank", scores.Bm25Rank);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static string Explain(RecallScores scores)
    {
        var vector = scores.Vector is { } v ? $"similarity {Show(v, "0.000")} (rank {scores.VectorRank})" : "not found by vector";
        var words = scores.Bm25 is { } b ? $"words {Show(b, "0.00")} (rank {scores.Bm25Rank})" : "not found by words";
        return $"{vector}, {words}, fused {Show(scores.Fused, "0.0000")}";
    }

    private static string Show(float value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Number(Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
