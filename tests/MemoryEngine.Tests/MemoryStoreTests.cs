namespace MemoryEngine.Tests;

/// <summary>What each verb does and answers.</summary>
public sealed class MemoryStoreTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task A_memory_lives_through_its_versions()
    {
        await using var store = await _pool.OpenAsync();
        var id = Guid.CreateVersion7();
        var linux = new Dictionary<string, string> { ["os"] = "linux" };
        var first = new MemoryDraft { Id = id, Text = "one", Domain = "a/b", Tags = ["y", "x", "y"], Requires = linux };
        Assert.Equal((RememberOutcome.Added, 1), await RememberAsync(first));
        Assert.Equal((RememberOutcome.Unchanged, 1), await RememberAsync(first with { Tags = ["x", "y"] }));
        Assert.Equal((RememberOutcome.Revised, 2), await RememberAsync(first with { Text = "two" }));
        // An earlier content is a new version all the same.
        Assert.Equal((RememberOutcome.Revised, 3), await RememberAsync(first));
        Assert.True(await store.ForgetAsync(id));
        Assert.False(await store.ForgetAsync(id));
        Assert.Equal(MemoryState.Tombstoned, (await store.GetAsync(id))!.State);
        Assert.Empty((await store.RecallAsync("one")).Memories);
        Assert.Empty(await SimulatedPool.ListAsync(store));
        Assert.Single(await SimulatedPool.ListAsync(store, new ListFilter { State = MemoryState.Tombstoned }));
        Assert.Equal((RememberOutcome.Restored, 3), await RememberAsync(first));
        Assert.True(await store.ForgetAsync(id));
        Assert.True(await store.RestoreAsync(id));
        Assert.False(await store.RestoreAsync(id));
        Assert.True(await store.ForgetAsync(id));
        Assert.Equal((RememberOutcome.Revised, 4), await RememberAsync(first with { Text = "four" }));

        var history = await store.HistoryAsync(id);
        Assert.Equal(["one", "two", "one", "four"], history.Select(v => v.Text));
        Assert.Equal([false, false, false, true], history.Select(v => v.IsCurrent));
        Assert.Equal(["x", "y"], history[0].Tags);
        Assert.Equal("linux", history[0].Requires["os"]);
        Assert.Equal("two", (await store.GetAsync(id, 2))!.Text);
        Assert.Null(await store.GetAsync(id, 5));
        Assert.Null(await store.GetAsync(Guid.NewGuid()));
        Assert.Empty(await store.HistoryAsync(Guid.NewGuid()));
        Assert.Equal((1, 4), (store.Stats().Memories, store.Stats().Records));

        async Task<(RememberOutcome, int)> RememberAsync(MemoryDraft draft)
        {
            var result = await store.RememberAsync(draft);
            Assert.Equal(id, result.Id);
            return (result.Outcome, result.Version);
        }
    }

    [Fact]
    public async Task Revising_minds_who_came_first()
    {
        await using var store = await _pool.OpenAsync();
        var id = (await store.RememberAsync("one")).Id;
        var draft = new MemoryDraft { Text = "two" };
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.ReviseAsync(id, draft, expectedVersion: 2)));
        Assert.Equal(2, (await store.ReviseAsync(id, draft, expectedVersion: 1)).Version);
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.ReviseAsync(id, draft, expectedVersion: 1)));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.ReviseAsync(Guid.NewGuid(), draft)));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.ForgetAsync(Guid.NewGuid())));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.RestoreAsync(Guid.NewGuid())));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.ReviseAsync(id, draft with { Id = Guid.NewGuid() }));
        await store.ForgetAsync(id);
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.ReviseAsync(id, draft)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idempotency_key_answers_again_until_it_expires(bool checkpointed)
    {
        var draft = new MemoryDraft { Text = "once", IdempotencyKey = "k" };
        RememberResult first;
        await using (var store = await OpenAsync())
        {
            first = await store.RememberAsync(draft);
            Assert.Equal(first, await store.RememberAsync(draft));
            await RefusedAsync(store);
        }
        await using (var store = await OpenAsync())
        {
            Assert.Equal(first, await store.RememberAsync(draft));
            await RefusedAsync(store);
            // Another key keeps the first one's place in the queue of ages.
            _pool.Clock.Advance(TimeSpan.FromDays(5));
            await store.RememberAsync(new MemoryDraft { Text = "twice", IdempotencyKey = "j" });
        }
        _pool.Clock.Advance(TimeSpan.FromDays(3));
        await using (var store = await OpenAsync())
        {
            var again = await store.RememberAsync(draft);
            Assert.Equal(RememberOutcome.Added, again.Outcome);
            Assert.NotEqual(first.Id, again.Id);
            Assert.Equal(2, (await store.RememberAsync(new MemoryDraft { Text = "twice", IdempotencyKey = "j" })).Sequence - first.Sequence + 1);
        }

        Task<MemoryStore> OpenAsync() => _pool.OpenAsync(o => o with { CheckpointOnCloseBytes = checkpointed ? 1 : long.MaxValue });

        async Task RefusedAsync(MemoryStore store) => Assert.Equal(
            ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.RememberAsync(draft with { Text = "other" })));
    }

    [Fact]
    public async Task A_key_of_a_write_that_changed_nothing_answers_as_well()
    {
        var draft = new MemoryDraft { Id = Guid.CreateVersion7(), Text = "there" };
        RememberResult answer;
        await using (var store = await _pool.OpenAsync())
        {
            await store.RememberAsync(draft);
            answer = await store.RememberAsync(draft with { IdempotencyKey = "k" });
            Assert.Equal(RememberOutcome.Unchanged, answer.Outcome);
            await store.ForgetAsync(draft.Id.Value);
        }
        await using (var store = await _pool.OpenAsync())
        {
            Assert.Equal(answer, await store.RememberAsync(draft with { IdempotencyKey = "k" }));
            Assert.Equal(MemoryState.Tombstoned, (await store.GetAsync(draft.Id.Value))!.State);
        }
    }

    [Fact]
    public async Task What_is_refused_names_the_field_and_changes_nothing()
    {
        await using var store = await _pool.OpenAsync(o => o with { Spaces = [new VectorSpace("v", 2), new VectorSpace("d", 2, Metric.Dot)] });
        var before = store.Stats();
        var good = new MemoryDraft { Text = "text" };
        var name = new string('n', Limits.MaxNameBytes + 1);
        var tag = new string('t', Limits.MaxTagBytes + 1);
        (string Field, MemoryDraft Draft)[] refused =
        [
            ("text", good with { Text = " " }),
            ("text", good with { Text = null! }),
            ("text", good with { Text = new string('ä', (Limits.MaxTextBytes / 2) + 1) }),
            ("text", good with { Text = "half \ud800" }),
            ("id", good with { Id = Guid.Empty }),
            ("level", good with { Level = (MemoryLevel)5 }),
            ("format", good with { Format = 0 }),
            ("result", good with { Result = (TaskResult)3 }),
            ("key", good with { Key = new string('k', Limits.MaxKeyBytes + 1) }),
            ("domain", good with { Domain = name }),
            ("domain", good with { Domain = "/a" }),
            ("domain", good with { Domain = "a/" }),
            ("domain", good with { Domain = "a//b" }),
            ("domain", good with { Domain = null! }),
            ("task", good with { Task = name }),
            ("task", good with { Task = "a\0b" }),
            ("title", good with { Title = name }),
            ("model", good with { Model = name }),
            ("contributor", good with { Contributor = name }),
            ("source", good with { Source = name }),
            ("license", good with { License = name }),
            ("idempotency key", good with { IdempotencyKey = "" }),
            ("idempotency key", good with { IdempotencyKey = tag }),
            ("tags", good with { Tags = [.. Enumerable.Range(0, Limits.MaxTags + 1).Select(i => $"{i}")] }),
            ("tag", good with { Tags = [tag] }),
            ("tag", good with { Tags = [""] }),
            ("requires", good with { Requires = Enumerable.Range(0, Limits.MaxRequires + 1).ToDictionary(i => $"{i}", _ => "x") }),
            ("requires name", good with { Requires = new Dictionary<string, string> { [tag] = "x" } }),
            ("requires value", good with { Requires = new Dictionary<string, string> { ["x"] = tag } }),
            ("extra", good with { Extra = "[]" }),
            ("extra", good with { Extra = "{" }),
            ("extra", good with { Extra = $"{{\"a\":\"{new string('x', Limits.MaxExtraBytes)}\"}}" }),
            ("vector 'v'", WithVector("v", 1, float.NaN)),
            ("vector 'v'", WithVector("v", float.PositiveInfinity, 1)),
            ("vector 'v'", WithVector("v", 0, 0)),
            ("vector 'v'", WithVector("v", 1)),
            ("vector 'd'", WithVector("d", 1, 2, 3)),
            ("vector 'w'", WithVector("w", 1, 2)),
        ];
        foreach (var (field, draft) in refused)
        {
            var e = await Assert.ThrowsAsync<ArgumentException>(async () => await store.RememberAsync(draft));
            Assert.StartsWith($"The {field} ", e.Message, StringComparison.Ordinal);
            e = await Assert.ThrowsAsync<ArgumentException>(async () => await store.RememberManyAsync([good, draft]));
            Assert.Contains("Memory 1 of 2", e.Message, StringComparison.Ordinal);
        }
        var mismatch = WithVector(VectorSpace.TextSpace, 1, 2);
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(async () => await store.RememberAsync(mismatch)));
        Assert.Equal(before.Sequence, store.Stats().Sequence);
        // Zero has no direction under cosine, and is a vector like any other under an inner product.
        Assert.Equal(RememberOutcome.Added, (await store.RememberAsync(WithVector("d", 0, 0))).Outcome);

        MemoryDraft WithVector(string space, params float[] vector) =>
            good with { Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [space] = vector } };
    }

    [Fact]
    public async Task Recall_refuses_what_cannot_be_asked()
    {
        await using var store = await _pool.OpenAsync(o => o with { Spaces = [new VectorSpace("v", 2)] });
        await store.RememberAsync("text");
        RecallQuery[] refused =
        [
            new(), new() { Text = "x", K = 0 }, new() { Text = "x", K = Limits.MaxRecall + 1 },
            new() { Text = "x", MinLevel = MemoryLevel.Strategy, MaxLevel = MemoryLevel.Trace },
            new() { Text = "\udc00" }, new() { Text = "x", WithinDomain = "a/" }, new() { Text = "x", ExcludeDomain = "/" },
            new() { Vector = new float[] { 1, 2, 3 }, Space = "v" }, new() { Vector = new float[] { 0, 0 }, Space = "v" },
            new() { Vector = new float[] { 1, float.NaN }, Space = "v" }, new() { Vector = new float[] { 1, 2 }, Space = "none" },
        ];
        foreach (var query in refused) await Assert.ThrowsAsync<ArgumentException>(async () => await store.RecallAsync(query));
    }

    [Fact]
    public async Task An_expired_memory_is_kept_and_not_recalled()
    {
        await using var store = await _pool.OpenAsync();
        var expires = _pool.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        var id = (await store.RememberAsync(new MemoryDraft { Text = "the build server moves", ExpiresAt = expires })).Id;
        Assert.Single((await store.RecallAsync("build server")).Memories);
        _pool.Clock.Advance(TimeSpan.FromHours(1));
        var result = await store.RecallAsync("build server");
        Assert.Equal((0, 0), (result.Memories.Count, result.Considered));
        Assert.Equal(expires, (await store.GetAsync(id))!.ExpiresAt);
    }

    [Fact]
    public async Task Spaces_of_all_metrics_stand_side_by_side()
    {
        VectorSpace[] spaces = [new("c", 3), new("d", 2, Metric.Dot), new("l", 5, Metric.L2, Modality: "code")];
        await using (var store = await _pool.OpenAsync(o => o with { Spaces = spaces[..2] }))
        {
            Assert.True(await store.DeclareSpaceAsync(spaces[2]));
            Assert.False(await store.DeclareSpaceAsync(spaces[2]));
            VectorSpace[] others = [spaces[0] with { Dimension = 4 }, spaces[0] with { Metric = Metric.L2 }, spaces[0] with { EmbedderId = "x" }];
            foreach (var other in others)
                Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(async () => await store.DeclareSpaceAsync(other)));
            await store.RememberAsync(Draft("one", ("c", [1, 0, 0]), ("d", [1, 1]), ("l", [0, 0, 0, 0, 1])));
            await store.RememberAsync(Draft("two", ("c", [1, 1, 0]), ("d", [5, 5])));
        }
        await using (var store = await _pool.OpenAsync())
        {
            await CheckAsync(store, "c", [2, 0, 0], ("one", 1f), ("two", MathF.Sqrt(0.5f)));
            await CheckAsync(store, "d", [1, 2], ("two", 15f), ("one", 3f));
            await CheckAsync(store, "l", [0, 0, 0, 0, 3], ("one", -4f));
            var first = (await SimulatedPool.ListAsync(store))[0];
            Assert.All(first.Vectors["d"].ToArray(), component => Assert.Equal(1f, component));
        }

        static MemoryDraft Draft(string text, params (string Space, float[] Vector)[] vectors) =>
            new() { Text = text, Vectors = vectors.ToDictionary(v => v.Space, v => new ReadOnlyMemory<float>(v.Vector)) };

        static async Task CheckAsync(MemoryStore store, string space, float[] query, params (string, float)[] expected)
        {
            var found = (await store.RecallAsync(new RecallQuery { Vector = query, Space = space })).Memories;
            Assert.Equal(expected.Select(e => e.Item1), found.Select(f => f.Memory.Text));
            foreach (var (f, e) in found.Zip(expected)) Assert.Equal(e.Item2, f.Scores.Vector!.Value, 1e-5f);
        }
    }

    [Fact]
    public async Task Filters_let_through_what_they_say()
    {
        await using var store = await _pool.OpenAsync(o => o with { Spaces = [new VectorSpace("v", 2, Metric.L2)] });
        var random = new Random(7);
        string[] domains = ["", "a", "a/b", "ab", "a/b/c", "d"];
        string[] tags = ["t1", "t2", "t3"];
        string?[] models = [null, "m1", "m2"];
        string?[] languages = [null, "go", "C#"];
        var drafts = Enumerable.Range(0, 300).Select(i => new MemoryDraft
        {
            Text = $"memory {i}",
            Domain = Pick(domains),
            Level = (MemoryLevel)random.Next(1, 5),
            Format = (MemoryFormat)random.Next(1, 5),
            Model = Pick(models),
            Tags = [.. tags.Where(_ => random.Next(2) == 0)],
            Requires = Pick(languages) is { } l ? new Dictionary<string, string> { ["language"] = l } : new Dictionary<string, string>(),
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = new float[] { i, 1 } },
        }).ToList();
        await store.RememberManyAsync(drafts);
        for (var i = 0; i < 300; i++)
        {
            var query = new RecallQuery
            {
                Vector = new float[] { 0, 0 },
                Space = "v",
                K = 1000,
                WithinDomain = random.Next(2) == 0 ? Pick(domains) : null,
                ExcludeDomain = random.Next(3) == 0 ? Pick(domains[1..]) : null,
                MinLevel = (MemoryLevel)random.Next(1, 3),
                MaxLevel = (MemoryLevel)random.Next(2, 5),
                Format = random.Next(3) == 0 ? (MemoryFormat)random.Next(1, 5) : null,
                Model = random.Next(3) == 0 ? Pick(models) : null,
                Tag = random.Next(3) == 0 ? "t2" : null,
                Language = random.Next(3) == 0 ? "c#" : null,
            };
            var found = await store.RecallAsync(query);
            var expected = drafts.Where(d => Matches(d, query)).Select(d => d.Text).ToList();
            Assert.Equal(expected, found.Memories.Select(m => m.Memory.Text));
            Assert.Equal(expected.Count, found.Considered);
        }

        T Pick<T>(T[] of) => of[random.Next(of.Length)];

        static bool Within(string domain, string path) => path == "" || domain == path || domain.StartsWith(path + "/", StringComparison.Ordinal);

        static bool Matches(MemoryDraft d, RecallQuery q) =>
            (q.WithinDomain is null || Within(d.Domain, q.WithinDomain)) && (q.ExcludeDomain is null || !Within(d.Domain, q.ExcludeDomain))
            && d.Level >= q.MinLevel && d.Level <= q.MaxLevel && (q.Format is null || d.Format == q.Format)
            && (q.Model is null || d.Model == q.Model) && (q.Tag is null || d.Tags.Contains(q.Tag))
            && (q.Language is null || !d.Requires.TryGetValue("language", out var l)
                || string.Equals(l, q.Language, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Many_writers_and_readers_see_what_they_wrote()
    {
        await using var store = await _pool.OpenAsync(o => o with { Spaces = [new VectorSpace("v", 2, Metric.L2)] });
        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                float[] vector = [writer, i];
                var draft = new MemoryDraft
                {
                    Text = $"writer {writer}, memory {i}",
                    Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = vector },
                };
                var id = (await store.RememberAsync(draft, i % 2 == 0 ? Durability.Process : Durability.Device)).Id;
                var nearest = await store.RecallAsync(new RecallQuery { Vector = vector, Space = "v", K = 1 });
                Assert.Equal(id, nearest.Memories[0].Memory.Id);
                Assert.Equal(draft.Text, (await store.GetAsync(id))!.Text);
                if (i % 3 != 0) continue;
                await store.ForgetAsync(id);
                nearest = await store.RecallAsync(new RecallQuery { Vector = vector, Space = "v", K = 1 });
                Assert.DoesNotContain(nearest.Memories, m => m.Memory.Id == id);
            }
        })));
        Assert.Equal((384, 640), (store.Stats().Memories, store.Stats().Records));
    }

    [Fact]
    public async Task Many_who_come_with_one_key_or_one_id_agree()
    {
        await using var store = await _pool.OpenAsync();
        var keyed = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
            await store.RememberAsync(new MemoryDraft { Text = "same", IdempotencyKey = "k" }))));
        Assert.Single(keyed.Distinct());
        var id = Guid.CreateVersion7();
        var revised = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
            await store.RememberAsync(new MemoryDraft { Id = id, Text = $"text {i}" }))));
        Assert.Equal(Enumerable.Range(1, 64), revised.Select(r => r.Version).Order());
        Assert.Equal(Enumerable.Range(1, 64), (await store.HistoryAsync(id)).Select(v => v.Version));
        Assert.Equal(2, store.Stats().Memories);
    }

    [Fact]
    public async Task A_cancelled_write_does_nothing_and_a_closed_store_says_so()
    {
        var store = await _pool.OpenAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.RememberAsync("x", "", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.RecallAsync("x", null, 3, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MemoryStore.OpenAsync("/elsewhere", _pool.Options, cancelled));
        Assert.Equal(0, store.Stats().Records);
        await store.DisposeAsync();
        store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.RememberAsync("x"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.RecallAsync("x"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(Guid.NewGuid()));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ForgetAsync(Guid.NewGuid()));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SimulatedPool.ListAsync(store));
        Assert.Throws<ObjectDisposedException>(store.Stats);
    }

    [Fact]
    public async Task A_pool_at_its_limit_refuses_growth_alone()
    {
        await using var store = await _pool.OpenAsync(o => o with { MaxPoolBytes = 17 << 20 });
        var code = default(ErrorCode);
        var id = (await store.RememberAsync("first")).Id;
        for (var i = 0; i < 40 && code == default; i++)
        {
            try
            {
                await store.RememberAsync(new string((char)('a' + (i % 26)), 1 << 20));
            }
            catch (MemoryEngineException e)
            {
                code = e.Code;
            }
        }
        Assert.Equal(ErrorCode.PoolFull, code);
        Assert.True(await store.ForgetAsync(id));
        Assert.Equal("first", (await store.GetAsync(id))!.Text);
    }
}
