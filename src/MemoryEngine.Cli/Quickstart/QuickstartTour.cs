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

/// <summary>The tour itself, without a word about it: makes a pool, fills it, asks it, changes a memory in it, and rolls that back.</summary>
internal sealed class QuickstartTour(string path)
{
    public const string Addition = "\nSeen again in the quickstart.";

    private const string Snapshot = "quickstart";

    private readonly List<QuickstartStep> _steps = [];

    public IReadOnlyList<QuickstartStep> Steps => _steps;

    public Importer? Import { get; private set; }

    public PoolStats? Stats { get; private set; }

    public SharedWords? Words { get; private set; }

    public IReadOnlyList<TaskAnswer> Answers { get; private set; } = [];

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
        Words = new SharedWords(await AllAsync(store, cancellation));
        var answers = new List<TaskAnswer>();
        foreach (var task in Samples.Tasks())
            answers.Add(await TimeAsync("recall", () => AskAsync(store, task, cancellation), a => $"{a.Found.Count} memories for {task.Domain}"));
        Answers = answers;
        // An earlier tour of the same pool that was stopped half-way may have left it.
        if (store.Snapshots().Any(s => s.Name == Snapshot)) await store.DropSnapshotAsync(Snapshot, cancellation);
        await TimeAsync(
            "snapshot",
            () => store.CreateSnapshotAsync(Snapshot, cancellation).AsTask(),
            made => $"'{made.Name}' names the pool as it is now, {made.Memories} memories");
        await ChangeAsync(store, answers[0], cancellation);
        await RollBackAsync(store, cancellation);
    }

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
            Context = new Dictionary<string, string> { ["language"] = task.Language },
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
