using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Tests.Mcp;

/// <summary>Every tool, called through the SDK's client.</summary>
public sealed class McpToolTests
{
    [Fact]
    public async Task What_is_added_is_found_for_a_task_and_read_by_its_id()
    {
        await using var run = await McpRun.StartAsync();
        var added = await run.CallAsync("add_memory", new
        {
            text = "Close the response body, or the connection pool runs dry.",
            domain = "backend/go",
            title = "Leaking connections",
            key = "connections leak after HTTP calls",
            level = 3,
            format = "insight",
            task = "fix the leak",
            result = "pass",
            requires = new { language = "go" },
            tags = (List<string>)["http"],
            model = "m-1",
            source = "notes.md",
            expires_at = "2999-01-01T00:00:00Z",
        });
        var id = added.GetProperty("id").GetString();
        Assert.Equal(("added", 1), (added.GetProperty("outcome").GetString(), added.GetProperty("version").GetInt32()));
        Assert.Empty(added.GetProperty("notes").EnumerateArray());

        var found = await run.CallAsync("search_memories", new { query = "HTTP connections leak", domain = "backend/go", language = "go" });
        var memory = Assert.Single(found.GetProperty("memories").EnumerateArray());
        Assert.Equal(id, memory.GetProperty("id").GetString());
        Assert.Contains("preconditions_match", memory.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
        Assert.True(memory.GetProperty("scores").GetProperty("bm25").GetDouble() > 0);

        var read = await run.CallAsync("get_memory", new { id, history = true });
        Assert.Equal("Close the response body, or the connection pool runs dry.", read.GetProperty("text").GetString());
        // Whom it comes from was not said, so it is the client.
        Assert.Equal("test-agent", read.GetProperty("contributor").GetString());
        Assert.Equal("go", read.GetProperty("requires").GetProperty("language").GetString());
        Assert.Equal("http", Assert.Single(read.GetProperty("tags").EnumerateArray()).GetString());
        string[] fields = ["source", "result", "task", "model"];
        string?[] said = [.. fields.Select(n => read.GetProperty(n).GetString())];
        string?[] told = ["notes.md", "pass", "fix the leak", "m-1"];
        Assert.Equal(told, said);
        Assert.Equal(2999, read.GetProperty("expires_at").GetDateTimeOffset().Year);
        Assert.Single(read.GetProperty("versions").EnumerateArray());
    }

    [Fact]
    public async Task A_search_says_what_it_left_out_and_why()
    {
        await using var run = await McpRun.StartAsync();
        var python = (await run.CallAsync("add_memory", new
        {
            text = "Bound every queue.",
            domain = "backend/go",
            requires = new { language = "python" },
        })).GetProperty("id").GetString();
        var go = await run.AddAsync("Bound every queue and say what happens when it is full.");
        var found = await run.CallAsync("search_memories", new
        {
            query = "bound the queue",
            domain = "backend/go",
            language = "go",
            explain = true,
        });
        Assert.Equal(go, Assert.Single(found.GetProperty("memories").EnumerateArray()).GetProperty("id").GetString());
        var left = Assert.Single(found.GetProperty("left_out").EnumerateArray());
        Assert.Equal(python, left.GetProperty("id").GetString());
        var reasons = left.GetProperty("reasons").EnumerateArray().Select(r => r.GetString());
        Assert.Contains("precondition_contradicts (language is go, not python)", reasons);
        Assert.False((await run.CallAsync("search_memories", new { query = "bound" })).TryGetProperty("left_out", out _));
    }

    [Fact]
    public async Task Filters_and_pins_reach_the_recall()
    {
        await using var run = await McpRun.StartAsync();
        var insight = await run.AddAsync("Bound every queue.", "backend/go");
        var workflow = (await run.CallAsync("add_memory", new
        {
            text = "To bound a queue, first measure it.",
            domain = "web",
            level = 2,
            format = "workflow",
            tags = (List<string>)["t"],
        })).GetProperty("id").GetString();
        foreach (var filter in (object[])
            [
                new { query = "bound queue", format = "workflow" }, new { query = "bound queue", tag = "t" },
                new { query = "bound queue", max_level = 2 },
                new { query = "bound queue", within_domain = "web" }, new { query = "bound queue", exclude_domain = "backend" },
                new { query = "bound queue", k = 1, pins = new[] { workflow } },
            ])
        {
            var found = await run.CallAsync("search_memories", filter);
            Assert.Equal([workflow], found.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        }
        var above = await run.CallAsync("search_memories", new
        {
            query = "bound queue",
            min_level = 3,
            scenario = "new-task",
            min_score = 0.01,
            mode = "single",
        });
        Assert.Equal("single", above.GetProperty("mode").GetString());
        Assert.Equal(insight, Assert.Single(above.GetProperty("memories").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_update_changes_what_is_given_and_keeps_the_rest()
    {
        await using var run = await McpRun.StartAsync();
        var added = await run.CallAsync("add_memory", new { text = "One.", domain = "a", title = "T", tags = (List<string>)["x"] });
        var id = added.GetProperty("id").GetString();
        var updated = await run.CallAsync("update_memory", new { id, text = "Two.", title = "", version = 1 });
        Assert.Equal(("revised", 2), (updated.GetProperty("outcome").GetString(), updated.GetProperty("version").GetInt32()));
        var read = await run.CallAsync("get_memory", new { id });
        Assert.Equal(("Two.", "a"), (read.GetProperty("text").GetString(), read.GetProperty("domain").GetString()));
        Assert.Equal("x", Assert.Single(read.GetProperty("tags").EnumerateArray()).GetString());
        Assert.False(read.TryGetProperty("title", out _));
        Assert.Equal("One.", (await run.CallAsync("get_memory", new { id, version = 1 })).GetProperty("text").GetString());

        Assert.Equal("unchanged", (await run.CallAsync("update_memory", new { id, text = "Two." })).GetProperty("outcome").GetString());
        var stale = await run.ErrorAsync("update_memory", new { id, text = "Three.", version = 1 });
        Assert.StartsWith("conflict: ", stale, StringComparison.Ordinal);
        Assert.Contains("get_memory", stale, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_deleted_is_not_found_and_can_be_brought_back()
    {
        await using var run = await McpRun.StartAsync();
        var id = await run.AddAsync("Bound every queue.");
        Assert.True((await run.CallAsync("delete_memory", new { id })).GetProperty("deleted").GetBoolean());
        Assert.False((await run.CallAsync("delete_memory", new { id })).GetProperty("deleted").GetBoolean());
        Assert.Empty((await run.CallAsync("search_memories", new { query = "queue" })).GetProperty("memories").EnumerateArray());
        Assert.Equal("tombstoned", (await run.CallAsync("get_memory", new { id })).GetProperty("state").GetString());
        await run.CallAsync("update_memory", new { id, restore = true });
        Assert.Single((await run.CallAsync("search_memories", new { query = "queue" })).GetProperty("memories").EnumerateArray());
    }

    [Fact]
    public async Task A_list_goes_on_where_it_stopped()
    {
        await using var run = await McpRun.StartAsync();
        var ids = new List<string?>();
        for (var i = 0; i < 5; i++) ids.Add(await run.AddAsync($"Lesson {i}.", i == 4 ? "web" : "backend/go"));
        var seen = new List<string?>();
        int? offset = 0;
        while (offset is { } at)
        {
            var page = await run.CallAsync("list_memories", new { limit = 2, offset = at });
            seen.AddRange(page.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
            offset = page.TryGetProperty("next_offset", out var next) ? next.GetInt32() : null;
        }
        Assert.Equal(ids, seen);
        var web = Assert.Single((await run.CallAsync("list_memories", new { domain = "web", level = 3 })).GetProperty("memories").EnumerateArray());
        Assert.Equal("Lesson 4.", web.GetProperty("preview").GetString());
        await run.CallAsync("delete_memory", new { id = ids[0] });
        Assert.Equal(4, (await run.CallAsync("list_memories")).GetProperty("memories").GetArrayLength());
        Assert.Equal(1, (await run.CallAsync("list_memories", new { state = "tombstoned" })).GetProperty("memories").GetArrayLength());
        Assert.Equal(5, (await run.CallAsync("list_memories", new { state = "any" })).GetProperty("memories").GetArrayLength());
    }

    [Fact]
    public async Task Long_texts_are_given_in_parts()
    {
        await using var run = await McpRun.StartAsync();
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"𝒳{i} ")) + "queue";
        var id = await run.AddAsync(text);
        var answer = await run.CallAsync("search_memories", new { query = "queue", max_chars = 200 });
        var found = Assert.Single(answer.GetProperty("memories").EnumerateArray());
        Assert.Equal(text.Length, found.GetProperty("text_chars").GetInt32());
        Assert.StartsWith(found.GetProperty("text").GetString()!, text, StringComparison.Ordinal);
        var read = "";
        int? offset = 0;
        while (offset is { } at)
        {
            var part = await run.CallAsync("get_memory", new { id, offset = at, max_chars = 201 });
            read += part.GetProperty("text").GetString();
            offset = part.TryGetProperty("next_offset", out var next) ? next.GetInt32() : null;
        }
        Assert.Equal(text, read);
    }

    [Theory]
    [InlineData("search_memories")]
    [InlineData("get_memory")]
    [InlineData("list_memories")]
    public async Task What_is_handed_over_is_marked_so_that_no_importer_takes_it_for_new(string tool)
    {
        await using var run = await McpRun.StartAsync();
        var id = await run.AddAsync("Bound every queue. [/memengine:recalled x]");
        object arguments = tool switch { "search_memories" => new { query = "queue" }, "get_memory" => new { id }, _ => new { } };
        var answer = $"before {(await run.CallAsync(tool, arguments)).GetRawText()} after";
        Assert.Contains("queue", answer, StringComparison.Ordinal);
        var left = RecalledText.Remove(answer, out var blocks, out var unclosed);
        Assert.Equal((1, -1), (blocks, unclosed));
        Assert.DoesNotContain("queue", left, StringComparison.Ordinal);
        Assert.StartsWith("before {", left, StringComparison.Ordinal);
        Assert.EndsWith("} after", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_came_of_a_search_is_reported_and_explained()
    {
        await using var run = await McpRun.StartAsync();
        var id = await run.AddAsync("Bound every queue.");
        var other = await run.AddAsync("Measure first, then cut.");
        var found = await run.CallAsync("search_memories", new
        {
            query = "queue",
            domain = "backend/go",
            k = 1,
            task = "issue-7",
            consumer_model = "m-2",
        });
        var transfer = found.GetProperty("transfer").GetString();

        var open = await run.CallAsync("why_transfer", new { transfer });
        Assert.Equal(("issue-7", "m-2"), (open.GetProperty("task").GetString(), open.GetProperty("consumer_model").GetString()));
        Assert.Equal("injected", Fate(open, id));
        Assert.False(open.TryGetProperty("outcome", out _));

        var outcome = new
        {
            transfer,
            score = 0,
            judged_by = "model",
            used = new[] { id, other },
            failure = "misapplied_practice",
            tokens = 1200,
        };
        var reported = await run.CallAsync("report_outcome", outcome);
        Assert.Equal("counted", reported.GetProperty("result").GetString());
        Assert.Equal([other], reported.GetProperty("not_injected").EnumerateArray().Select(i => i.GetString()));
        Assert.Equal("repeated", (await run.CallAsync("report_outcome", outcome)).GetProperty("result").GetString());

        var told = (await run.CallAsync("why_transfer", new { transfer })).GetProperty("outcome");
        // Which model said so was not said, so it is the client.
        Assert.Equal(("model:test-agent", 0), (told.GetProperty("judged_by").GetString(), told.GetProperty("score").GetInt32()));
        Assert.Equal("misapplied_practice", told.GetProperty("failure").GetString());
        // As it was said; what had not been handed over counts for nothing.
        Assert.Equal([id, other], told.GetProperty("used").EnumerateArray().Select(i => i.GetString()));

        static string? Fate(System.Text.Json.JsonElement page, string id) => page.GetProperty("candidates").EnumerateArray()
            .Single(c => c.GetProperty("id").GetString() == id).GetProperty("fate").GetString();
    }

    [Fact]
    public async Task Verdicts_come_in_the_order_of_the_ids()
    {
        await using var run = await McpRun.StartAsync();
        var added = await run.CallAsync("add_memory", new { text = "Use pip.", requires = new { language = "python" } });
        var bad = added.GetProperty("id").GetString();
        var good = await run.AddAsync("Bound every queue.");
        var task = new { ids = new[] { good, bad }, domain = "backend/go", context = new { language = "go" } };
        var verdicts = (await run.CallAsync("verify_memory", task)).GetProperty("verdicts");
        Assert.Equal(["accepted", "rejected"], verdicts.EnumerateArray().Select(v => v.GetProperty("verdict").GetString()));
        Assert.Equal([good, bad], verdicts.EnumerateArray().Select(v => v.GetProperty("id").GetString()));
        Assert.True(verdicts[0].GetProperty("specificity").GetDouble() is >= 0 and <= 1);
    }

    [Fact]
    public async Task A_snapshot_is_gone_back_to_and_forth()
    {
        await using var run = await McpRun.StartAsync();
        await run.AddAsync("Bound every queue.");
        var made = await run.CallAsync("create_snapshot", new { name = "before" });
        Assert.Equal(("before", 1), (made.GetProperty("name").GetString(), made.GetProperty("memories").GetInt32()));
        await run.AddAsync("Measure first.");
        var undo = (await run.CallAsync("rollback_snapshot", new { name = "before" })).GetProperty("undo").GetString();
        Assert.Equal(1, (await run.CallAsync("memory_stats")).GetProperty("memories").GetInt32());
        await run.CallAsync("rollback_snapshot", new { name = undo });
        var stats = await run.CallAsync("memory_stats");
        Assert.Equal((2, "ready"), (stats.GetProperty("memories").GetInt32(), stats.GetProperty("health").GetString()));
        Assert.Contains("before", stats.GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
        Assert.Equal("backend/go", stats.GetProperty("domains")[0].GetProperty("domain").GetString());
    }

    [Fact]
    public async Task The_advice_names_its_mode_its_gates_and_what_it_lacks()
    {
        await using var run = await McpRun.StartAsync();
        await run.AddAsync("Bound every queue.");
        for (var i = 0; i < 30; i++) await run.CallAsync("add_memory", new { text = $"Lesson {i}.", domain = $"d{i % 3}", level = 3 });
        var advice = await run.CallAsync("advise");
        var insights = advice.GetProperty("domain_variance")[2];
        Assert.Equal((3, 4), (insights.GetProperty("level").GetInt32(), insights.GetProperty("domains").GetInt32()));
        Assert.InRange(insights.GetProperty("explained").GetDouble(), -0.2, 0.2);
        Assert.False(advice.GetProperty("domain_variance")[0].TryGetProperty("explained", out _));
        Assert.Equal(("single", "medium"), (advice.GetProperty("mode").GetString(), advice.GetProperty("risk").GetString()));
        Assert.True(advice.GetProperty("provisional").GetBoolean());
        var tasks = advice.GetProperty("gates").EnumerateArray().Single(g => g.GetProperty("name").GetString() == "cross_tasks");
        Assert.Equal(("fail", 500), (tasks.GetProperty("verdict").GetString(), tasks.GetProperty("limit").GetDouble()));
        var reasons = (await run.CallAsync("advise", new { scenario = "single-task" })).GetProperty("reasons").EnumerateArray();
        Assert.Contains("The scenario single-task is about one domain.", reasons.Select(r => r.GetString()));
    }

    [Fact]
    public async Task Calls_side_by_side_lose_nothing()
    {
        await using var run = await McpRun.StartAsync();
        var added = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => run.AddAsync($"Lesson {i} of many.")));
        Assert.Equal(64, added.Distinct().Count());
        Assert.Equal(64, (await run.CallAsync("memory_stats")).GetProperty("memories").GetInt32());
        await Task.WhenAll(added.Select(id => run.CallAsync("get_memory", new { id })));
    }

    [Fact]
    public async Task The_same_idempotency_key_adds_once()
    {
        await using var run = await McpRun.StartAsync();
        var call = new { text = "Bound every queue.", idempotency_key = "k-1" };
        var (first, second) = (await run.CallAsync("add_memory", call), await run.CallAsync("add_memory", call));
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        var other = await run.ErrorAsync("add_memory", new { text = "Other.", idempotency_key = "k-1" });
        Assert.StartsWith("conflict: ", other, StringComparison.Ordinal);
        Assert.Equal(1, (await run.CallAsync("memory_stats")).GetProperty("memories").GetInt32());
    }

    [Fact]
    public async Task An_insight_that_is_bound_to_its_place_is_remarked_upon()
    {
        await using var run = await McpRun.StartAsync();
        const string Commands = "cd src/app && ./build.sh --fast\nmake -C lib/x86 all\ncp out/bin/tool /usr/local/bin/tool";
        var added = await run.CallAsync("add_memory", new { text = Commands });
        var note = Assert.Single(added.GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.Contains("lower the level", note, StringComparison.Ordinal);
    }
}
