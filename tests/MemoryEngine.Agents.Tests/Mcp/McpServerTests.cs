using System.Text.Json;
using MemoryEngine.Agents.Mcp;
using MemoryEngine.Testing;
using ModelContextProtocol.Protocol;

namespace MemoryEngine.Agents.Tests.Mcp;

/// <summary>What a server says of itself, what it says when something is wrong, and how it ends.</summary>
public sealed class McpServerTests
{
    [Fact]
    public async Task Tools_state_their_schemas_and_what_they_change()
    {
        await using var run = await McpRun.StartAsync();
        var tools = (await run.Client.ListToolsAsync()).ToDictionary(t => t.Name, t => t.ProtocolTool);
        string[] reads = ["search_memories", "get_memory", "list_memories", "verify_memory", "memory_stats", "why_transfer", "advise"];
        string[] replaces = ["update_memory", "delete_memory", "rollback_snapshot"];
        string[] adds = ["add_memory", "create_snapshot", "report_outcome"];
        Assert.Equal(reads.Concat(replaces).Concat(adds).Order(), tools.Keys.Order());
        foreach (var (name, tool) in tools)
        {
            var annotations = tool.Annotations!;
            Assert.Equal(reads.Contains(name), annotations.ReadOnlyHint);
            Assert.Equal(replaces.Contains(name), annotations.DestructiveHint);
            Assert.False(annotations.OpenWorldHint);
            Assert.NotNull(tool.OutputSchema);
            Assert.All([tool.InputSchema, tool.OutputSchema!.Value], schema => CheckSchema(name, schema));
            Assert.False(tool.InputSchema.GetProperty("additionalProperties").GetBoolean());
        }
        Assert.False(tools["add_memory"].Annotations!.IdempotentHint);
        Assert.True(tools["delete_memory"].Annotations!.IdempotentHint);
    }

    // An object whose properties each say what they are, of one type each: a union with null is not taken by every client.
    private static void CheckSchema(string tool, JsonElement schema)
    {
        Assert.Equal("object", schema.GetProperty("type").GetString());
        if (!schema.TryGetProperty("properties", out var properties)) return;
        foreach (var property in properties.EnumerateObject())
        {
            Assert.True(property.Value.TryGetProperty("description", out _), $"{tool}.{property.Name} has no description.");
            Assert.Equal(JsonValueKind.String, property.Value.GetProperty("type").ValueKind);
            if (property.Value.TryGetProperty("properties", out _)) CheckSchema(tool, property.Value);
            if (property.Value.TryGetProperty("items", out var items) && items.TryGetProperty("properties", out _)) CheckSchema(tool, items);
        }
    }

    [Fact]
    public async Task Instructions_and_prompt_name_tools_that_exist()
    {
        await using var run = await McpRun.StartAsync();
        var names = (await run.Client.ListToolsAsync()).Select(t => t.Name).ToHashSet();
        var told = new Dictionary<string, object?> { ["task"] = "Fix the leak.", ["domain"] = "backend/go" };
        var prompt = await run.Client.GetPromptAsync("use_memory", told);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(prompt.Messages).Content).Text;
        Assert.Contains("Fix the leak.", text, StringComparison.Ordinal);
        Assert.Contains("`backend/go`", text, StringComparison.Ordinal);
        foreach (var said in (string[])[run.Client.ServerInstructions!, text])
        {
            var named = System.Text.RegularExpressions.Regex.Matches(said, "[a-z]+_(memor|snapshot|outcome|transfer)[a-z]*").Select(m => m.Value)
                .Where(n => n != "use_memory").ToList();
            Assert.Contains("search_memories", named);
            Assert.All(named, n => Assert.Contains(n, names));
        }
        Assert.Equal("use_memory", Assert.Single(await run.Client.ListPromptsAsync()).Name);
    }

    public static TheoryData<string, string, string> BadCalls => new()
    {
        { "get_memory", "{}", "needs the argument 'id'" },
        { "get_memory", """{"id": null}""", "needs the argument 'id'" },
        { "get_memory", """{"id": "abc"}""", "must be a UUID" },
        { "get_memory", """{"id": "01900000-0000-7000-8000-000000000001"}""", "not_found: " },
        { "get_memory", """{"id": "01900000-0000-7000-8000-000000000001", "version": 3}""", "no version 3" },
        { "update_memory", """{"id": "01900000-0000-7000-8000-000000000001", "text": "x"}""", "not_found: " },
        { "delete_memory", """{"id": "01900000-0000-7000-8000-000000000001"}""", "list_memories" },
        { "add_memory", """{"text": ""}""", "invalid_argument: " },
        { "add_memory", """{"text": "x", "level": 5}""", "from 1 to 4" },
        { "add_memory", """{"text": "x", "level": "three"}""", "from 1 to 4" },
        { "add_memory", """{"text": "x", "format": "poem"}""", "one of trajectory, workflow" },
        { "add_memory", """{"text": 7}""", "must be a string" },
        { "add_memory", """{"text": "x", "tags": ["a", 7]}""", "'tags' must be a list, each a string" },
        { "add_memory", """{"text": "x", "requires": ["go"]}""", "an object of names with strings" },
        { "add_memory", """{"text": "x", "expires_at": "tomorrow"}""", "a time as in" },
        { "add_memory", """{"text": "x", "domian": "a"}""", "takes no argument 'domian'. It takes text" },
        { "search_memories", """{"query": "x", "k": 51}""", "from 1 to 50" },
        { "search_memories", """{"query": "x", "min_level": 3, "max_level": 2}""", "invalid_argument: " },
        { "verify_memory", """{"ids": []}""", "takes 1 to 100" },
        { "report_outcome", """{"transfer": "01900000-0000-7000-8000-000000000001", "score": 1, "judged_by": "verifier"}""", "not_found: " },
        { "report_outcome", """{"transfer": "01900000-0000-7000-8000-000000000001", "score": 2, "judged_by": "model"}""", "from 0 to 1" },
        { "report_outcome", """{"transfer": "01900000-0000-7000-8000-000000000001", "score": 1}""", "needs the argument 'judged_by'" },
        { "why_transfer", """{"transfer": "01900000-0000-7000-8000-000000000001"}""", "not_found: " },
        { "memory_stats", """{"of": "me"}""", "takes no arguments" },
        { "advise", """{"scenario": "lunch"}""", "long-edit" },
        { "create_snapshot", """{"name": "no spaces please"}""", "invalid_argument: " },
        { "rollback_snapshot", """{"name": "nothing"}""", "memory_stats the snapshots" },
    };

    [Theory]
    [MemberData(nameof(BadCalls))]
    public async Task A_bad_call_is_an_answer_that_says_what_to_do(string tool, string arguments, string said)
    {
        await using var run = await McpRun.StartAsync();
        using var given = JsonDocument.Parse(arguments);
        Assert.Contains(said, await run.ErrorAsync(tool, given.RootElement), StringComparison.Ordinal);
        // And the server goes on.
        Assert.Equal(0, (await run.CallAsync("memory_stats")).GetProperty("memories").GetInt32());
    }

    [Fact]
    public async Task A_pool_that_cannot_be_opened_is_said_by_the_calls_and_tried_again()
    {
        MemoryStore? other = null;
        await using var run = await McpRun.StartAsync(pool =>
        {
            other = MemoryStore.OpenAsync(pool).GetAwaiter().GetResult();
            return async c => McpPool.Of(await MemoryStore.OpenAsync(pool, cancellationToken: c));
        });
        Assert.NotEmpty(await run.Client.ListToolsAsync());
        Assert.StartsWith("pool_busy: ", await run.ErrorAsync("memory_stats"), StringComparison.Ordinal);
        await other!.DisposeAsync();
        Assert.Equal("ready", (await run.CallAsync("memory_stats")).GetProperty("health").GetString());
    }

    [Fact]
    public async Task The_server_ends_with_its_input_and_leaves_the_pool_closed()
    {
        await using var run = await McpRun.StartAsync();
        var id = await run.AddAsync("Bound every queue.");
        await run.CloseInputAsync();
        await run.Serving.WaitAsync(Patience.Limit);
        await using var store = await MemoryStore.OpenAsync(run.Pool, new MemoryStoreOptions { CreateIfMissing = false });
        Assert.NotNull(await store.GetAsync(Guid.Parse(id)));
        Assert.Empty(store.Stats().OpeningNotes);
    }

    [Fact]
    public async Task The_server_ends_when_it_is_told_to_though_a_call_hangs()
    {
        var opening = new TaskCompletionSource();
        await using var run = await McpRun.StartAsync(_ => async c =>
        {
            await opening.Task.WaitAsync(c);
            throw new InvalidOperationException("never reached");
        });
        var call = run.RawAsync("memory_stats");
        await run.CancelAsync();
        await run.Serving.WaitAsync(Patience.Limit);
        await run.Client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    [Fact]
    public async Task A_client_that_goes_while_the_pool_is_being_opened_ends_the_server()
    {
        await using var run = await McpRun.StartAsync(_ => async c =>
        {
            await new TaskCompletionSource().Task.WaitAsync(c);
            throw new InvalidOperationException("never reached");
        });
        await run.CloseInputAsync();
        await run.Serving.WaitAsync(Patience.Limit);
    }
}
