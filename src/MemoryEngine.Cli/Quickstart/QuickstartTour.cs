using System.Diagnostics;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Quickstart;

/// <summary>One part of the tour: what it did and how long that took.</summary>
internal sealed record QuickstartStep(string Name, TimeSpan Time, string What);

/// <summary>What a sample task got.</summary>
internal sealed record TaskAnswer(SampleTask Task, RecallResult Result)
{
    public IReadOnlyList<Guid> Found => [.. Result.Memories.Select(m => m.Memory.Id)];

    public int ExpectedFound => Task.Expect.Count(e => Found.Contains(e.Id));
}

/// <summary>A memory and what verification says of it for the first sample task.</summary>
internal sealed record VerifiedSample(MemoryVersion Memory, MemoryVerdict Verdict);

/// <summary>
/// The tour itself, without a word about it: makes a pool, fills it, asks it, verifies, reports an outcome, changes a memory, and rolls that back.
/// </summary>
/// <param name="path">The pool.</param>
/// <param name="isTemporary">
/// Whether the pool goes when the tour ends. Only then is an outcome made up: in a pool that stays it would count as evidence for good.
/// </param>
internal sealed class QuickstartTour(string path, bool isTemporary)
{
    public const string Addition = "\nSeen again in the quickstart.";

    private const string Snapshot = "quickstart";

    private readonly List<QuickstartStep> _steps = [];

    public IReadOnlyList<QuickstartStep> Steps => _steps;

    public Importer? Import { get; private set; }

    public PoolStats? Stats { get; private set; }

    public SharedWords? Words { get; private set; }

    public IReadOnlyList<TaskAnswer> Answers { get; private set; } = [];

    /// <summary>Verdicts for the first task, on all memories or as many as can be verified at once.</summary>
    public IReadOnlyList<VerifiedSample> Verified { get; private set; } = [];

    /// <summary>What is known of the transfer that answered the first task.</summary>
    public TransferStory? Story { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var embedder = ChosenEmbedder.BuiltIn;
        await using var store = await TimeAsync(
            "open", () => PoolDoor.OpenOwnAsync(path, create: true, embedder, cancellation), _ => $"a pool at {path}");
        Import = new Importer(new OpenPool(store), Durability.Device, isStrict: false);
        await TimeAsync(
            "import",
            async () =>
            {
                await Import.StreamAsync(Samples.MemoriesName, Samples.Memories(), cancellation);
                return store.Stats();
            },
            stats =>
            {
                Stats = stats;
                return $"{Import.Read} memories read, {Import.Added} added, {Import.Revised} revised, {Import.Unchanged} unchanged";
            });
        var all = await AllAsync(store, cancellation);
        Words = new SharedWords(all);
        var answers = new List<TaskAnswer>();
        foreach (var task in Samples.Tasks())
            answers.Add(await TimeAsync("recall", () => AskAsync(store, task, cancellation), a => $"{a.Found.Count} memories for {task.Domain}"));
        Answers = answers;
        await VerifyAsync(store, answers[0].Task, all, cancellation);
        await FollowAsync(store, answers[0], cancellation);
        // An earlier tour of the same pool that was stopped half-way may have left it.
        if (store.Snapshots().Any(s => s.Name == Snapshot)) await store.DropSnapshotAsync(Snapshot, cancellation);
        await TimeAsync(
            "snapshot",
            () => store.CreateSnapshotAsync(Snapshot, cancellation).AsTask(),
            made => $"'{made.Name}' names the pool as it is now, {made.Memories} memories");
        await ChangeAsync(store, answers[0], cancellation);
        await RollBackAsync(store, cancellation);
    }

    private async Task VerifyAsync(MemoryStore store, SampleTask task, List<MemoryVersion> all, CancellationToken cancellation)
    {
        var memories = all.Take(Limits.MaxRecall).ToList();
        var query = new VerifyQuery { Domain = task.Domain, Mode = TransferMode.CrossDomain, Context = ContextOf(task) };
        var verdicts = await TimeAsync(
            "verify",
            () => store.VerifyAsync([.. memories.Select(m => m.Id)], query, cancellation),
            said => $"{said.Count(v => v.Verdict.Verdict == Verdict.Accepted)} of {said.Count} memories may reach {task.Domain}");
        Verified = [.. memories.Zip(verdicts, (memory, verified) => new VerifiedSample(memory, verified.Verdict))];
    }

    /// <summary>What a runtime does after the task: tells how it ended, and whoever wonders asks why.</summary>
    private async Task FollowAsync(MemoryStore store, TaskAnswer answer, CancellationToken cancellation)
    {
        if (answer.Result.Transfer is not { } transfer) return;
        if (isTemporary)
        {
            var outcome = new Outcome { Transfer = transfer, Score = 1, Used = [.. answer.Found.Take(1)] };
            await TimeAsync(
                "report",
                () => store.ReportAsync(outcome, durability: null, cancellation).AsTask(),
                told => $"a made-up pass for {transfer}: {Agents.Interchange.InterchangeNames.Of(told.Result)}");
        }
        await TimeAsync(
            "why",
            async () => Story = await store.WhyAsync(transfer, cancellation),
            story => $"{Count(story, CandidateFate.Injected)} memories were handed over, {Count(story, CandidateFate.LeftOut)} left out; "
                + (story.Outcome is { } known ? $"the task {(known.IsPass ? "passed" : "failed")}" : "nobody has told what came of it"));

        static int Count(TransferStory story, CandidateFate fate) => story.Transfer.Candidates.Count(c => c.Fate == fate);
    }

    private static Dictionary<string, string> ContextOf(SampleTask task) => new() { ["language"] = task.Language };

    private async Task RollBackAsync(MemoryStore store, CancellationToken cancellation)
    {
        var revised = store.Diff(Snapshot).Revised;
        await TimeAsync(
            "rollback",
            () => store.RollBackAsync(Snapshot, cancellation).AsTask(),
            result => $"{string.Join(", ", revised)} is as it was; '{result.Undo}' names what was before, to undo it");
        await store.DropSnapshotAsync(Snapshot, cancellation);
    }

    private async Task ChangeAsync(MemoryStore store, TaskAnswer answer, CancellationToken cancellation)
    {
        if (answer.Result.Memories.Count == 0) return;
        var first = answer.Result.Memories[0].Memory;
        var draft = Agents.Interchange.JsonLines.ToDraft(first);
        await TimeAsync(
            "revise",
            () => store.ReviseAsync(first.Id, draft with { Text = first.Text + Addition }, first.Version, cancellation).AsTask(),
            result => $"{first.Id} is at version {result.Version}; version {first.Version} stays readable");
        await TimeAsync("forget", () => ForgetAndAskAsync(), found => $"{first.Id} {Recalled(found)}");
        await TimeAsync("restore", () => RestoreAndAskAsync(), found => $"{first.Id} {Recalled(found)}");

        static string Recalled(bool found) => found ? "is recalled" : "is not recalled";

        async Task<bool> ForgetAndAskAsync()
        {
            await store.ForgetAsync(first.Id, cancellation);
            return (await AskAsync(store, answer.Task, cancellation)).Found.Contains(first.Id);
        }

        async Task<bool> RestoreAndAskAsync()
        {
            await store.RestoreAsync(first.Id, cancellation);
            return (await AskAsync(store, answer.Task, cancellation)).Found.Contains(first.Id);
        }
    }

    private static async Task<TaskAnswer> AskAsync(MemoryStore store, SampleTask task, CancellationToken cancellation)
    {
        var query = new RecallQuery
        {
            Text = task.Text,
            Domain = task.Domain,
            // The tasks are of domains that no memory comes from.
            Mode = TransferMode.CrossDomain,
            Context = ContextOf(task),
        };
        var result = await store.RecallAsync(query, cancellation);
        return new TaskAnswer(task, result);
    }

    private static async Task<List<MemoryVersion>> AllAsync(MemoryStore store, CancellationToken cancellation)
    {
        var all = new List<MemoryVersion>();
        await foreach (var memory in store.ListAsync(null, cancellation)) all.Add(memory);
        return all;
    }

    private async Task<T> TimeAsync<T>(string name, Func<Task<T>> step, Func<T, string> what)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await step();
        var time = Stopwatch.GetElapsedTime(start);
        _steps.Add(new QuickstartStep(name, time, what(result)));
        return result;
    }
}
