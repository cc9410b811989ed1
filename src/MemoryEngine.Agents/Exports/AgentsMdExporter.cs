using System.Text;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Agents.Exports;

/// <summary>What is written for people.</summary>
public sealed record AgentsMdExportOptions
{
    /// <summary>The domain whose memories are written, and those below it; empty for all.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The lowest level.</summary>
    public MemoryLevel MinLevel { get; init; } = MemoryLevel.Insight;

    /// <summary>The most memories.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A memory that was not written.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Why">Why, as a sentence.</param>
public sealed record NotExported(Guid Id, string Why);

/// <summary>What was written.</summary>
/// <param name="Written">The memories, in the order of the file.</param>
/// <param name="NotWritten">Those among the best that were not, with reasons.</param>
public sealed record AgentsMdExport(IReadOnlyList<Guid> Written, IReadOnlyList<NotExported> NotWritten);

/// <summary>
/// Writes the best insights of a domain as Markdown that people and agents read, and that imports again to nothing new: comments say
/// which memory each text is. Best is: strategies before insights, lessons of tasks that passed before others, what is bound to nothing
/// before what is bound to its origin, the newer before the older. What verification would not hand over in that domain is not written.
/// </summary>
public static class AgentsMdExporter
{
    /// <summary>Writes the memories of a pool.</summary>
    /// <exception cref="ArgumentException">The domain is no path, or the limit not from 1 to <see cref="Limits.MaxRecall"/>.</exception>
    public static async Task<AgentsMdExport> WriteAsync(
        IMemoryStore store, TextWriter target, AgentsMdExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(target);
        options ??= new AgentsMdExportOptions();
        if (options.Limit is < 1 or > Limits.MaxRecall)
            throw new ArgumentException($"The limit is {options.Limit}; it goes from 1 to {Limits.MaxRecall}.", nameof(options));
        var ranked = await RankAsync(store, options, cancellationToken).ConfigureAwait(false);
        var query = new VerifyQuery { Domain = options.Domain.Length > 0 ? options.Domain : null };
        var verdicts = await store.VerifyAsync([.. ranked.Select(m => m.Id)], query, cancellationToken).ConfigureAwait(false);
        var (written, left) = (new List<MemoryVersion>(), new List<NotExported>());
        for (var i = 0; i < ranked.Count && written.Count < options.Limit; i++)
        {
            if (WhyNot(ranked[i], verdicts[i]) is { } why) left.Add(new NotExported(ranked[i].Id, why));
            else written.Add(ranked[i]);
        }
        await target.WriteAsync(Text(written, options).AsMemory(), cancellationToken).ConfigureAwait(false);
        return new AgentsMdExport([.. written.Select(m => m.Id)], left);
    }

    private static async Task<List<MemoryVersion>> RankAsync(IMemoryStore store, AgentsMdExportOptions options, CancellationToken cancellation)
    {
        var filter = new ListFilter { Domain = options.Domain.Length > 0 ? options.Domain : null };
        var all = new List<(MemoryVersion Memory, double Specificity)>();
        await foreach (var memory in store.ListAsync(filter, cancellation).ConfigureAwait(false))
            if (memory.Level >= options.MinLevel) all.Add((memory, MemoryStore.MeasureSpecificity(memory.Text).Value));
        return
        [
            .. all.OrderByDescending(m => m.Memory.Level)
                .ThenByDescending(m => m.Memory.Result == TaskResult.Pass)
                .ThenBy(m => m.Specificity)
                .ThenByDescending(m => m.Memory.RecordId)
                .Select(m => m.Memory)
                .Take(Limits.MaxRecall),
        ];
    }

    private static string? WhyNot(MemoryVersion memory, VerifiedMemory verified)
    {
        // Somebody may have changed it since it was listed.
        if (verified.Version != memory.Version) return "It was revised meanwhile.";
        if (!verified.Verdict.IsAccepted)
            return $"Verification leaves it out: {string.Join(", ", verified.Verdict.Reasons.Select(r => Interchange.InterchangeNames.Of(r.Code)))}.";
        // It could close its own mark and pretend to be another memory.
        if (ExportedMemories.Mentions(memory.Text) || ExportedMemories.Mentions(memory.Title ?? ""))
            return "Its text holds the marks that tell memories apart in such a file.";
        return memory.Text.Contains('\r', StringComparison.Ordinal) ? "Its line breaks would not survive in a text file." : null;
    }

    private static string Text(List<MemoryVersion> memories, AgentsMdExportOptions options)
    {
        var text = new StringBuilder();
        text.Append(options.Domain.Length > 0 ? $"# What was learned on {options.Domain}\n" : "# What was learned\n");
        text.Append(
            "\n<!-- Written by 'memengine export --to agents-md'. The comments say which memory each text is: edit what stands between them,\n" +
            "     and 'memengine import' revises those memories. What stands outside is imported as new. -->\n");
        if (memories.Count == 0) text.Append("\n<!-- Nothing yet. -->\n");
        foreach (var level in memories.GroupBy(m => m.Level))
        {
            text.Append($"\n## {Heading(level.Key)}\n");
            foreach (var memory in level)
            {
                text.Append($"\n### {ExportedMemories.Title(memory.Title, memory.Text)}\n\n");
                text.Append($"{ExportedMemories.Open(memory)}\n{memory.Text}\n{ExportedMemories.Close(memory.Id)}\n");
            }
        }
        return text.ToString();
    }

    private static string Heading(MemoryLevel level) => level switch
    {
        MemoryLevel.Strategy => "Strategies",
        MemoryLevel.Insight => "Insights",
        MemoryLevel.Procedure => "Procedures",
        _ => "Traces",
    };
}
