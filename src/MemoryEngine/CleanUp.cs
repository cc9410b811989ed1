using MemoryEngine.Evidence.Cleaning;
using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Cleaning up: what the evidence proposes is decided in one durable write, from which on no recall hands the memory over; then probes look
/// for what was removed, what was made of it is marked for another look, and a report tells all of it.
/// </summary>
internal sealed class CleanUp(Pool pool, Recall recall)
{
    private const int ProbedK = 20;

    /// <summary>Whether anything is due; cheap where nothing is.</summary>
    public ValueTask<bool> IsDueAsync(CancellationToken cancellation) =>
        pool.LookAsync(() => PendingCleanup.Due(pool, withUpkeep: false).Count > 0, cancellation);

    /// <param name="withUpkeep">Whether traces that nobody uses go as well, where there are too many.</param>
    /// <param name="cancellation">Cancels before the decisions are written.</param>
    public async Task<CleanupReport> RunAsync(bool withUpkeep, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        pool.EnsureWritable();
        // A reader that was there before: the memory is not to be handed to it either.
        var before = pool.Table.Current;
        var decided = await pool.CommitAsync(new PendingCleanup(pool, withUpkeep), cancellation).ConfigureAwait(false);
        if (decided.Count == 0) return new CleanupReport { Actions = [] };
        var derived = await MarkDerivedAsync(decided, before, cancellation).ConfigureAwait(false);
        var actions = new List<CleanupAction>();
        foreach (var decision in decided.Concat(derived))
            actions.Add(await DescribeAsync(decision, before, cancellation).ConfigureAwait(false));
        return new CleanupReport { Actions = actions };
    }

    private async Task<CleanupAction> DescribeAsync(Decision decision, PoolView before, CancellationToken cancellation)
    {
        var memory = await ReadAsync(decision, before, cancellation).ConfigureAwait(false);
        var isRemoval = decision.To >= MemoryState.Quarantined;
        var found = isRemoval && memory is not null ? await ProbeAsync(decision, memory, before, cancellation).ConfigureAwait(false) : null;
        return new CleanupAction
        {
            Decision = decision,
            Title = memory?.Title,
            Consequence = CleanupText.Consequence(decision),
            Undo = CleanupText.Undo(decision),
            IsGone = isRemoval ? found is null : null,
            FoundBy = found,
        };
    }

    private async Task<MemoryVersion?> ReadAsync(Decision decision, PoolView seen, CancellationToken cancellation)
    {
        var row = pool.Table.FindLive(decision.Memory, seen.View);
        if (row < 0 || pool.Table.Rows[row].Version != decision.Version) return null;
        using var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
        return body.Status == RecordStatus.Found ? VersionReader.Read(pool.Table, row, seen.View, body.Span, withVectors: true) : null;
    }

    // By id, by its own text and by its own vector in every space, as of now and for a reader that was there before.
    private async Task<string?> ProbeAsync(Decision decision, MemoryVersion memory, PoolView before, CancellationToken cancellation)
    {
        if (decision.Domain is null && pool.Effects.StateOf(decision.Memory, decision.Version) < MemoryState.Quarantined) return "its id";
        var queries = memory.Vectors.Select(v => new RecallQuery { Vector = v.Value, Space = v.Key })
            .Append(new RecallQuery { Text = CleanupText.Query(memory) });
        foreach (var query in queries)
        {
            foreach (var seen in (PoolView?[])[null, before])
            {
                var asked = query with { K = ProbedK, Domain = decision.Domain, Mode = TransferMode.SingleDomain, Record = false };
                if (decision.Domain is not null) asked = asked with { Mode = TransferMode.Hybrid };
                var result = await recall.RunAsync(asked, seen, pool.NowMicroseconds, cancellation).ConfigureAwait(false);
                if (!result.Memories.Any(m => m.Memory.Id == decision.Memory && m.Memory.Version == decision.Version)) continue;
                var reader = seen is null ? "" : ", for a reader that was there before";
                return query.Text is null ? $"its vector in {query.Space}{reader}" : $"its text{reader}";
            }
        }
        return null;
    }

    // What names a removed memory as its source rests on what turned out to do harm.
    private async Task<IReadOnlyList<Decision>> MarkDerivedAsync(IReadOnlyList<Decision> decided, PoolView seen, CancellationToken cancellation)
    {
        var removed = decided.Where(d => d.Domain is null && d.To >= MemoryState.Quarantined && d.Reason != DecisionReason.UnusedTrace)
            .ToDictionary(d => d.Memory.ToString(), d => d.Memory, StringComparer.OrdinalIgnoreCase);
        if (removed.Count == 0) return [];
        var derived = new List<(VersionKey Version, Guid From)>();
        for (var row = 0; row < seen.RowCount; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!pool.Table.IsLive(row, seen.View)) continue;
            using var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
            if (body.Status != RecordStatus.Found || !RecordReader.TryOpen(body.Span, out var record, out _)) continue;
            foreach (var field in record)
            {
                if (field.Field != RecordField.Source || field.Value.Length < SourceIdLength) continue;
                if (SourceOf(System.Text.Encoding.UTF8.GetString(field.Value), removed) is { } from)
                    derived.Add((new VersionKey(record.Place.MemoryId, record.Place.Version), from));
            }
        }
        return derived.Count == 0 ? [] : await pool.CommitAsync(new PendingDerived(pool, derived), cancellation).ConfigureAwait(false);
    }

    private const int SourceIdLength = 36;

    private static Guid? SourceOf(string source, Dictionary<string, Guid> removed)
    {
        foreach (var word in source.Split([' ', ',', ':', '/', '#'], StringSplitOptions.RemoveEmptyEntries))
            if (removed.TryGetValue(word, out var id)) return id;
        return null;
    }
}

/// <summary>Decisions in one durable write, made of what the evidence says at that moment.</summary>
internal abstract class PendingDecisions(Pool pool) : PendingWrite<IReadOnlyList<Decision>>(pool, Durability.Device)
{
    private IReadOnlyList<Decision> _decisions = [];

    public override bool IsAlone => true;

    // It is alone in its batch, whose limit is the journal's.
    public override int Bytes => 0;

    public override bool Prepare(JournalWriter journal)
    {
        Result = _decisions = Decide();
        foreach (var decision in _decisions) journal.Append(EventType.Decided, DecidedEvent.Encode(decision));
        return true;
    }

    public override void Apply()
    {
        foreach (var decision in _decisions) Pool.Evidence.Apply(decision);
    }

    /// <summary>What is decided; for the applier.</summary>
    protected abstract IReadOnlyList<Decision> Decide();
}

/// <summary>What a cleanup decides.</summary>
internal sealed class PendingCleanup(Pool pool, bool withUpkeep) : PendingDecisions(pool)
{
    /// <summary>The decisions that are due.</summary>
    public static List<Decision> Due(Pool pool, bool withUpkeep)
    {
        var (state, now) = (pool.Evidence.State, RecordCodec.Time(pool.NowMicroseconds));
        var due = CleanupRules.Propose(state, now, key => IsCurrent(pool, key));
        if (withUpkeep) due.AddRange(TraceUpkeep.Propose(state, [.. ActiveMemories.Of(pool)], now).Where(t => !due.Exists(d => d.Memory == t.Memory)));
        return due;
    }

    /// <summary>Whether a version can be recalled, as far as views decide.</summary>
    public static bool IsCurrent(Pool pool, VersionKey key) =>
        pool.Table.FindLive(key.Memory, pool.Table.Applied) is var row and >= 0 && pool.Table.Rows[row].Version == key.Version;

    protected override IReadOnlyList<Decision> Decide() => Due(Pool, withUpkeep);
}

/// <summary>Marks what was made of a removed memory for another look.</summary>
internal sealed class PendingDerived(Pool pool, IReadOnlyList<(VersionKey Version, Guid From)> derived) : PendingDecisions(pool)
{
    protected override IReadOnlyList<Decision> Decide()
    {
        var (state, now) = (Pool.Evidence.State, RecordCodec.Time(Pool.NowMicroseconds));
        return
        [
            .. derived.Where(d => PendingCleanup.IsCurrent(Pool, d.Version) && state.Decisions.StateOf(d.Version) == MemoryState.Active)
                .Take(CleanupRules.Most)
                .Select(d => CleanupRules.Decide(
                    state, d.Version, null, MemoryState.Suspect, DecisionReason.Derived, now, $"made of {d.From}, which was removed")),
        ];
    }
}

/// <summary>A person's word about a memory.</summary>
internal sealed class PendingPersonDecision(Pool pool, Guid memory, MemoryState to, string? note) : PendingDecisions(pool)
{
    protected override IReadOnlyList<Decision> Decide()
    {
        if (Pool.Table.IsPurged(memory)) throw NotFound.Purged(memory);
        var row = Pool.Table.FindLive(memory, Pool.Table.Applied);
        if (row < 0) throw NotFound.Memory(memory);
        var (state, key) = (Pool.Evidence.State, new VersionKey(memory, Pool.Table.Rows[row].Version));
        if (state.Decisions.StateOf(key) == to) return [];
        return [CleanupRules.Decide(state, key, null, to, DecisionReason.Person, RecordCodec.Time(Pool.NowMicroseconds), note)];
    }
}
