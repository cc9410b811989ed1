using System.Text.RegularExpressions;

namespace MemoryEngine.Client.Tests;

/// <summary>Whoever takes an IMemoryStore need not know which: a pool of this process and one behind a pipe answer alike.</summary>
public sealed partial class SameDoorTests
{
    private static readonly float[] Vector = [1, 2];

    // Two pools do not draw the same lots.
    private static readonly RecallQuery Sure = new() { Experiment = new RecallExperiment { Design = InclusionDesign.Off } };

    private static readonly Guid Unknown = new("01900000-0000-7000-8000-000000000001");

    [Fact]
    public async Task Both_doors_answer_alike()
    {
        using var scratch = new Scratch();
        List<string> embedded;
        await using (var store = await MemoryStore.OpenAsync(scratch.Pool)) embedded = await TellAsync(store, store);
        await using var served = await Served.StartAsync();
        var client = await TellAsync(served.Client, served.Server.Store);
        foreach (var (own, other) in embedded.Zip(client)) Assert.Equal(own, other);
        Assert.Equal(embedded.Count, client.Count);
        Assert.True(embedded.Count > 40);
    }

    // What a program sees: results and exceptions, without what two pools never share: ids, times, and when a transfer was kept.
    private static async Task<List<string>> TellAsync<T>(T store, MemoryStore pool)
        where T : IMemoryStore, IPoolMaintenance
    {
        var told = new Telling();
        var first = await store.RememberAsync(new MemoryDraft
        {
            Text = "Retry only what is idempotent.",
            Domain = "backend/go",
            Level = MemoryLevel.Strategy,
            Format = MemoryFormat.Workflow,
            Title = "Retries",
            Key = "A call failed",
            Tags = ["http", "api"],
            Requires = new Dictionary<string, string> { ["language"] = "go" },
            Result = TaskResult.Pass,
            ExpiresAt = new DateTimeOffset(2099, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Extra = "{\"mine\":1}",
        });
        told.Add(first);
        told.Add(await store.RememberManyAsync([new MemoryDraft { Text = "Name things once." }, new MemoryDraft { Text = "Name them well." }]));
        await told.Try(() => store.RememberAsync(new MemoryDraft { Text = "k", IdempotencyKey = "k" }).AsTask());
        await told.Try(() => store.RememberAsync(new MemoryDraft { Text = "k", IdempotencyKey = "k" }).AsTask());
        await told.Try(() => store.RememberAsync(new MemoryDraft { Text = "other", IdempotencyKey = "k" }).AsTask());
        await told.Try(() => store.RememberAsync(new MemoryDraft { Text = " " }).AsTask());
        await told.Try(() => store.RememberAsync(new MemoryDraft { Text = "x", Domain = "a//b" }).AsTask());
        await told.Try(() => store.RememberAsync(new MemoryDraft
        {
            Text = "x",
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["nowhere"] = Vector },
        }).AsTask());
        await told.Try(() => store.RememberManyAsync([new MemoryDraft { Text = "good" }, new MemoryDraft { Text = "" }]));
        var better = new MemoryDraft { Text = "Retry only what is idempotent, with a key.", Domain = "backend/go" };
        told.Add(await store.ReviseAsync(first.Id, better, 1));
        await told.Try(() => store.ReviseAsync(first.Id, new MemoryDraft { Text = "late" }, 1).AsTask());
        await told.Try(() => store.ReviseAsync(first.Id, new MemoryDraft { Text = "x", Id = Unknown }).AsTask());
        await told.Try(() => store.ReviseAsync(Unknown, new MemoryDraft { Text = "x" }).AsTask());
        // What a pool learns in the background changes what it finds.
        await pool.SettleAsync();
        var query = Sure with { Text = "may a failed call be retried", Domain = "backend/go", Explain = true };
        await told.Try(() => store.RecallAsync(query).AsTask());
        await told.Try(() => store.RecallAsync(Sure with { Text = "name", Mode = TransferMode.Hybrid, K = 1, MinScore = 0.01f }).AsTask());
        await told.Try(() => store.RecallAsync(Sure with { Text = "x", Pins = [new MemoryPin(first.Id, 1)] }).AsTask());
        await told.Try(() => store.RecallAsync(Sure with { Text = "x", Pins = [new MemoryPin(Unknown)] }).AsTask());
        await told.Try(() => store.RecallAsync(new RecallQuery()).AsTask());
        await told.Try(() => store.RecallAsync(new RecallQuery { Text = "x", Vector = Vector }).AsTask());
        await told.Try(() => store.VerifyAsync([first.Id], new VerifyQuery { Domain = "web", Mode = TransferMode.CrossDomain }));
        await told.Try(() => store.VerifyAsync([Unknown]));
        await told.Try(() => store.GetAsync(first.Id).AsTask());
        await told.Try(() => store.GetAsync(first.Id, 1).AsTask());
        await told.Try(() => store.GetAsync(first.Id, 9).AsTask());
        await told.Try(() => store.GetAsync(Unknown).AsTask());
        await told.Try(() => store.HistoryAsync(first.Id).AsTask());
        await told.Try(() => store.HistoryAsync(Unknown).AsTask());
        await TellOfTransferAsync(told, store, first.Id);
        told.Add(await ListAsync(store, null));
        told.Add((await store.CreateSnapshotAsync("one")).Memories);
        await told.Try(async () => await store.CreateSnapshotAsync("one"));
        await TellOfLivesAsync(told, store, first.Id);
        told.Add(await ListAsync(store, new ListFilter { State = MemoryState.Tombstoned }));
        told.Add(await ListAsync(store, new ListFilter { State = null, Domain = "backend" }));
        told.Add(await store.DiffAsync("one"));
        await told.Try(() => store.DiffAsync("none").AsTask());
        told.Add((await store.SnapshotsAsync()).Select(s => s.Name).ToList());
        told.Add((await store.RollBackAsync("one")).Snapshot);
        await store.DropSnapshotAsync("one");
        await told.Try(async () => { await store.DropSnapshotAsync("one"); return 0; });
        var stats = await store.StatsAsync();
        told.Add(new { stats.Memories, stats.Records, stats.Tasks, stats.Health, stats.Sequence, stats.Unembedded, stats.EmbedderProblem });
        told.Add(stats.ByLevel);
        told.Add(stats.ByDomain);
        told.Add(stats.Spaces);
        told.Add((await store.CompactAsync()).VersionsDropped);
        told.Add((await store.MaintainAsync()).VersionsDropped);
        return told.Lines;
    }

    private static async Task TellOfLivesAsync(Telling told, IMemoryStore store, Guid id)
    {
        foreach (var act in new Func<ValueTask<bool>>[]
        {
            () => store.ForgetAsync(id), () => store.ForgetAsync(id),
            () => store.RestoreAsync(id), () => store.RestoreAsync(id),
            () => store.ForgetAsync(Unknown), () => store.RestoreAsync(Unknown), () => store.ForgetAsync(id),
        })
        {
            await told.Try(() => act().AsTask());
        }
    }

    private static async Task TellOfTransferAsync(Telling told, IMemoryStore store, Guid used)
    {
        var recalled = await store.RecallAsync(Sure with
        {
            Text = "may a failed call be retried",
            Domain = "backend/go",
            Task = "fix the retries",
            ConsumerModel = "model",
        });
        told.Add(recalled.Recorded);
        var transfer = recalled.Transfer!.Value;
        var outcome = new Outcome { Transfer = transfer, Score = 1, Used = [used, Unknown], Tokens = 1200, Seconds = 3.5 };
        await told.Try(() => store.WhyAsync(transfer));
        await told.Try(() => store.ReportAsync(outcome).AsTask());
        await told.Try(() => store.ReportAsync(outcome).AsTask());
        await told.Try(() => store.ReportAsync(outcome with { Score = 0 }).AsTask());
        await told.Try(() => store.ReportAsync(outcome with { Score = 2 }).AsTask());
        await told.Try(() => store.ReportAsync(outcome with { Transfer = Unknown }).AsTask());
        await told.Try(() => store.WhyAsync(transfer));
        await told.Try(() => store.WhyAsync(Unknown));
        await told.Try(() => store.AdviseAsync());
        foreach (var scenario in Enum.GetValues<TransferScenario>()) await told.Try(() => store.AdviseAsync(scenario));
        await told.Try(() => store.EvidenceAsync());
        await told.Try(() => store.EvidenceAsync(new EvidenceQuery { Memories = 0, PassValue = 2, Upkeep = 0.5 }));
        await told.Try(() => store.EvidenceAsync(new EvidenceQuery { Memories = -1 }));
        await told.Try(() => store.EvidenceAsync(new EvidenceQuery { Upkeep = double.NaN }));
        told.Add((await store.RecallAsync(new RecallQuery { Text = "x", Record = false })).Transfer);
    }

    private static async Task<List<MemoryVersion>> ListAsync(IMemoryReader reader, ListFilter? filter)
    {
        var all = new List<MemoryVersion>();
        await foreach (var memory in reader.ListAsync(filter)) all.Add(memory);
        return all;
    }

    private sealed partial class Telling
    {
        public List<string> Lines { get; } = [];

        public void Add(object? value) => Lines.Add(Plain(ModelText.Of(value)));

        public async Task Try<T>(Func<Task<T>> call)
        {
            try
            {
                Add(await call());
            }
            catch (MemoryEngineException e)
            {
                Lines.Add(Plain($"{e.GetType().Name} {e.Code}: {e.Message}"));
            }
            catch (ArgumentException e)
            {
                // The name of a parameter is that of this side.
                Lines.Add(Plain($"ArgumentException: {ParameterName().Replace(e.Message, "")}"));
            }
        }

        private static string Plain(string text) => Time().Replace(Id().Replace(text, "ID"), "TIME");

        [GeneratedRegex(@"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
        private static partial Regex Id();

        [GeneratedRegex(@"(CreatedAt|SearchTime|VerifyTime|TotalTime|At|ReportedAt|Seed|Sequence): [^,}]+|Micros: \{[^}]*\}|snapshot 'undo[^']*'")]
        private static partial Regex Time();

        [GeneratedRegex(@" \(Parameter '[^']*'\)")]
        private static partial Regex ParameterName();
    }
}
