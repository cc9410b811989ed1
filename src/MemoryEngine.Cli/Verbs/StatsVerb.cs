using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>The pool's figures, or what its evidence adds up to.</summary>
internal sealed class StatsVerb : Verb
{
    private const int MostDomains = 25;

    private readonly Option<bool> _evidence = new("--evidence")
    {
        Description = "What the outcomes add up to: measures, modes, models, economy, credits, memories.",
    };

    private readonly Option<int?> _memories = new("--memories") { Description = "With --evidence: how many memories to list (100)." };
    private readonly Option<double?> _passValue = new("--pass-value") { Description = "With --evidence: what a passed task is worth." };
    private readonly Option<double?> _upkeep = new("--upkeep") { Description = "With --evidence: what memory costs for each run with it." };

    public StatsVerb(Shell shell)
        : base(shell, "stats", "Shows the pool's figures, and with --evidence what its outcomes add up to.")
    {
        Add(_evidence);
        Add(_memories);
        Add(_passValue);
        Add(_upkeep);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(_evidence)) return await TellEvidenceAsync(call, cancellation);
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var stats = await pool.Store.StatsAsync(cancellation);
        foreach (var note in stats.OpeningNotes) call.Output.Note(note);
        if (call.Output.IsJson) call.Output.Json(json => Write(json, stats));
        else Show(call.Output, stats);
        return ExitCode.Done;
    }

    private async Task<int> TellEvidenceAsync(Call call, CancellationToken cancellation)
    {
        var query = new EvidenceQuery
        {
            Memories = call.Get(_memories) ?? new EvidenceQuery().Memories,
            PassValue = call.Get(_passValue),
            Upkeep = call.Get(_upkeep),
        };
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var report = await pool.Store.EvidenceAsync(query, cancellation);
        if (call.Output.IsJson) call.Output.Json(json => EvidenceJson.Write(json, report));
        else EvidenceText.Show(call.Output, report);
        return ExitCode.Done;
    }

    private static void Write(Utf8JsonWriter json, PoolStats stats)
    {
        json.WriteString("pool_id", stats.PoolId);
        json.WriteNumber("memories", stats.Memories);
        json.WriteNumber("records", stats.Records);
        json.WriteNumber("unembedded", stats.Unembedded);
        json.WriteStartObject("by_level");
        foreach (var level in Enum.GetValues<MemoryLevel>())
            json.WriteNumber(((int)level).ToString(), stats.ByLevel.GetValueOrDefault(level));
        json.WriteEndObject();
        json.WriteStartObject("by_domain");
        foreach (var (domain, count) in stats.ByDomain) json.WriteNumber(domain, count);
        json.WriteEndObject();
        json.WriteNumber("tasks", stats.Tasks);
        json.WriteNumber("sequence", stats.Sequence);
        json.WriteStartObject("bytes");
        json.WriteNumber("journal", stats.JournalBytes);
        json.WriteNumber("records", stats.RecordBytes);
        json.WriteNumber("segments", stats.SegmentBytes);
        json.WriteEndObject();
        WriteSpaces(json, stats);
        json.WriteStartArray("tiers");
        foreach (var (tier, bytes, reads) in stats.Tiers)
        {
            json.WriteStartObject();
            json.WriteString("tier", tier);
            json.WriteNumber("bytes", bytes);
            json.WriteNumber("reads", reads);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("health", stats.Health);
    }

    private static void WriteSpaces(Utf8JsonWriter json, PoolStats stats)
    {
        json.WriteStartArray("spaces");
        foreach (var space in stats.Spaces)
        {
            json.WriteStartObject();
            json.WriteString("name", space.Name);
            json.WriteNumber("dimension", space.Dimension);
            json.WriteString("metric", space.Metric.ToString().ToLowerInvariant());
            json.WriteString("embedder", space.EmbedderId);
            json.WriteString("modality", space.Modality);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Show(Output output, PoolStats stats)
    {
        output.Facts(
            ("pool", stats.PoolId.ToString()),
            ("health", stats.Health),
            ("memories", Memories(stats)),
            ("journal", $"{stats.JournalBytes:N0} bytes, {stats.Sequence:N0} events"),
            ("records", string.Join(", ", stats.Tiers.Select(t => $"{t.Bytes:N0} bytes {t.Tier}"))),
            ("segments", $"{stats.SegmentBytes:N0} bytes"),
            ("spaces", string.Join(", ", stats.Spaces.Select(s => $"{s.Name} ({s.Dimension} dimensions, {s.EmbedderId})"))));
        if (stats.Memories == 0) return;
        output.Line();
        output.Table(["level", "memories"], [.. stats.ByLevel.Select(l => new[] { MemoryText.NameOf(l.Key), $"{l.Value:N0}" })]);
        output.Line();
        ShowDomains(output, stats);
    }

    private static string Memories(PoolStats stats)
    {
        var memories = $"{stats.Memories:N0} of {stats.Tasks:N0} tasks, {stats.Records:N0} versions in all";
        if (stats.Unembedded == 0) return memories;
        return $"{memories}; {stats.Unembedded:N0} without a vector, found by words alone until 'reembed' makes them one";
    }

    // A large pool has hundreds of domains; a person looks at the largest, a script reads the JSON.
    private static void ShowDomains(Output output, PoolStats stats)
    {
        var shown = stats.ByDomain.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).Take(MostDomains).ToList();
        output.Table(["domain", "memories"], [.. shown.Select(d => new[] { d.Key.Length > 0 ? d.Key : "(none)", $"{d.Value:N0}" })]);
        if (shown.Count < stats.ByDomain.Count)
            output.Line($"and {stats.ByDomain.Count - shown.Count:N0} smaller domains; --json lists all.");
    }
}
