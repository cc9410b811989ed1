using System.Diagnostics;
using System.Text.Json;

namespace MemoryEngine.Tests.Telemetry;

/// <summary>What a pool tells of itself, to whom, and what it keeps to itself.</summary>
[Collection(nameof(StoreTelemetryTests))]
public sealed class StoreTelemetryTests : IDisposable
{
    private const string Secret = "the password of the staging database";

    private readonly string _directory = Directory.CreateTempSubdirectory("memengine-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Every_operation_is_one_activity_under_the_conventions_name()
    {
        await using var store = await MemoryStore.OpenAsync(_directory);
        using var listening = new Listening(store.Stats().PoolId);
        var id = (await store.RememberAsync("Bound every queue.", "a")).Id;
        await store.RememberAsync(new MemoryDraft { Id = id, Text = "Bound every queue." });
        await store.RememberManyAsync([new MemoryDraft { Text = "One." }, new MemoryDraft { Text = "Two." }]);
        await store.ReviseAsync(id, new MemoryDraft { Text = "Bound all queues." });
        await store.RecallAsync("queue", k: 2);
        await store.VerifyAsync([id]);
        await store.ForgetAsync(id);
        await store.RestoreAsync(id);
        await store.PurgeAsync([id]);

        var activities = listening.Activities;
        string[] names =
        [
            "create_memory", "upsert_memory", "create_memory", "update_memory", "search_memory", "verify_memory", "delete_memory",
            "restore_memory", "delete_memory",
        ];
        Assert.Equal(names, activities.Select(a => a.OperationName));
        Assert.All(activities, a => Assert.Equal(a.OperationName, a.GetTagItem("gen_ai.operation.name")));
        Assert.All(activities, a => Assert.Equal((ActivityKind.Internal, ActivityStatusCode.Unset), (a.Kind, a.Status)));
        Assert.Equal(2, activities[2].GetTagItem("gen_ai.memory.record.count"));
        Assert.Equal(2, activities[4].GetTagItem("gen_ai.memory.record.count"));
        Assert.Equal("single_domain", activities[4].GetTagItem(TelemetryNames.Mode));
        Assert.Equal(id.ToString(), activities[6].GetTagItem("gen_ai.memory.record.id"));

        var durations = listening.Figures(TelemetryNames.Duration);
        Assert.Equal(names, durations.Select(d => (string?)d.Tags["gen_ai.operation.name"]));
        Assert.All(durations, d => Assert.True(d.Unit == "s" && d.Value is > 0 and < 60));
        Assert.Equal(["search", "verify"], listening.Figures(TelemetryNames.PhaseDuration).Select(f => (string)f.Tags[TelemetryNames.Phase]!));
        Assert.Equal(2, Assert.Single(listening.Figures(TelemetryNames.HandedOver)).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Texts_are_told_only_when_that_was_asked_for(bool isAsked)
    {
        await using var store = await MemoryStore.OpenAsync(_directory, new MemoryStoreOptions { TelemetryContent = isAsked });
        using var listening = new Listening(store.Stats().PoolId);
        var id = (await store.RememberAsync(new MemoryDraft { Text = Secret, Title = Secret, Domain = "a" })).Id;
        await store.ReviseAsync(id, new MemoryDraft { Text = Secret + "." });
        await store.RecallAsync(Secret);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.RecallAsync(Secret, k: 0));
        var told = string.Join('\n', listening.Activities.SelectMany(a => a.TagObjects).Select(t => $"{t.Key}: {t.Value}"));
        Assert.Equal(isAsked, told.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(4, listening.Activities.Count);
        if (!isAsked) return;
        var search = listening.Activities[2];
        Assert.Equal(Secret, search.GetTagItem("gen_ai.memory.query.text"));
        using var records = JsonDocument.Parse((string)search.GetTagItem("gen_ai.memory.records")!);
        var record = Assert.Single(records.RootElement.EnumerateArray());
        Assert.Equal((id.ToString(), Secret + "."), (record.GetProperty("id").GetString(), record.GetProperty("content").GetString()));
        Assert.True(record.GetProperty("score").GetDouble() > 0);
    }

    [Fact]
    public async Task A_failure_is_told_by_its_kind_and_reaches_the_caller()
    {
        await using var store = await MemoryStore.OpenAsync(_directory);
        using var listening = new Listening(store.Stats().PoolId);
        await Assert.ThrowsAsync<MemoryEngineException>(async () => await store.ForgetAsync(Guid.CreateVersion7()));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.RememberAsync(""));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.RememberAsync((MemoryDraft)null!));
        Assert.Equal(["not_found", "System.ArgumentException"], listening.Activities.Select(a => a.GetTagItem("error.type")));
        Assert.All(listening.Activities, a => Assert.Equal(ActivityStatusCode.Error, a.Status));
        Assert.Equal(["not_found", "System.ArgumentException"], listening.Figures(TelemetryNames.Duration).Select(f => f.Tags["error.type"]));
    }

    [Fact]
    public async Task Gauges_show_the_pool_as_it_is_and_end_with_it()
    {
        var store = await MemoryStore.OpenAsync(_directory);
        using var listening = new Listening(store.Stats().PoolId);
        var id = (await store.RememberAsync("Bound every queue.")).Id;
        await store.RememberAsync("Measure first.");
        listening.ReadGauges();
        await store.ForgetAsync(id);
        listening.ReadGauges();
        Assert.Equal([2, 1], listening.Figures(TelemetryNames.Memories).Select(f => f.Value));
        var sizes = listening.Figures(TelemetryNames.Size);
        Assert.Equal(["journal", "records", "segments", "journal", "records", "segments"], sizes.Select(f => (string)f.Tags[TelemetryNames.Part]!));
        Assert.Equal((store.Stats().JournalBytes, "By"), ((long)sizes[3].Value, sizes[3].Unit));
        await store.DisposeAsync();
        listening.ReadGauges();
        Assert.Equal(2, listening.Figures(TelemetryNames.Memories).Count);
    }

    [Fact]
    public async Task Two_pools_of_one_process_are_told_apart()
    {
        await using var one = await MemoryStore.OpenAsync(Path.Combine(_directory, "one"));
        await using var two = await MemoryStore.OpenAsync(Path.Combine(_directory, "two"));
        using var ofOne = new Listening(one.Stats().PoolId);
        using var ofTwo = new Listening(two.Stats().PoolId);
        await one.RememberAsync("Bound every queue.");
        await two.RecallAsync("queue");
        Assert.Equal(["create_memory"], ofOne.Activities.Select(a => a.OperationName));
        Assert.Equal(["search_memory"], ofTwo.Activities.Select(a => a.OperationName));
    }
}
