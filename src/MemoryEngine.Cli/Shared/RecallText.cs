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
        Write(json, recalled.Verdict);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, LeftOutMemory left)
    {
        json.WriteStartObject();
        json.WriteString("id", left.Id);
        json.WriteNumber("version", left.Version);
        json.WriteNumber("level", (int)left.Level);
        json.WriteString("domain", left.Domain);
        Write(json, left.Verdict);
        json.WriteEndObject();
    }

    /// <summary>The fields <c>verdict</c>, <c>reasons</c> (names) and, where there is more to say, <c>details</c> by their names.</summary>
    public static void Write(Utf8JsonWriter json, MemoryVerdict verdict)
    {
        json.WriteString("verdict", InterchangeNames.Of(verdict.Verdict));
        json.WriteStartArray("reasons");
        foreach (var reason in verdict.Reasons) json.WriteStringValue(InterchangeNames.Of(reason.Code));
        json.WriteEndArray();
        if (verdict.Reasons.All(r => r.Detail is null)) return;
        json.WriteStartObject("details");
        foreach (var reason in verdict.Reasons)
            if (reason.Detail is { } detail) json.WriteString(InterchangeNames.Of(reason.Code), detail);
        json.WriteEndObject();
    }

    public static string Explain(MemoryVerdict verdict) => string.Join("; ", verdict.Reasons.Select(Explain));

    private static string Explain(VerdictReason reason) =>
        reason.Detail is { } detail ? $"{InterchangeNames.Of(reason.Code)} ({detail})" : InterchangeNames.Of(reason.Code);

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
