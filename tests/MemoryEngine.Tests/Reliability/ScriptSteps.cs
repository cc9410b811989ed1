using System.Collections.Concurrent;
using MemoryEngine.Tests.Model;

namespace MemoryEngine.Tests.Reliability;

/// <summary>Chooses the steps of a script. Verbs take turns, so that a short script has them all.</summary>
internal sealed class ScriptSteps(ManualClock clock, Random random)
{
    private const int MostMemories = 30;
    private const int MostSnapshots = 5;

    private static readonly Verb[] Turns =
    [
        Verb.Remember, Verb.Remember, Verb.Snapshot, Verb.Revise, Verb.Forget, Verb.Remember, Verb.RollBack, Verb.Restore,
        Verb.Revise, Verb.Checkpoint, Verb.Forget, Verb.Remember, Verb.Compact, Verb.Revise, Verb.Snapshot, Verb.Drop,
        Verb.Backup, Verb.Remember, Verb.Purge,
    ];

    private readonly ConcurrentBag<MemoryDraft> _drafts = [];
    private readonly byte[] _idBytes = new byte[16];
    private int _nextText;
    private int _nextSnapshot;
    private int _nextBackup;

    /// <summary>Everything that a step has asked the pool to remember.</summary>
    public IReadOnlyCollection<MemoryDraft> Drafts => _drafts;

    /// <summary>The next step; what it asks of the pool is possible, so only the disk can stand in its way.</summary>
    public Step Next(int number, Oracle oracle, long sequence) => Turns[number % Turns.Length] switch
    {
        Verb.Revise when Any(oracle, live: true) is { } id => Remember(Verb.Revise, oracle, sequence, id, NewDraft(id)),
        Verb.Forget when Any(oracle, live: true) is { } id => new Step(
            Verb.Forget, async store => Assert.True(await store.ForgetAsync(id)), oracle.Forget(id), sequence + 1),
        Verb.Restore when Any(oracle, live: false) is { } id => new Step(
            Verb.Restore, async store => Assert.True(await store.RestoreAsync(id)), oracle.Restore(id), sequence + 1),
        Verb.Snapshot => Snapshot(oracle, sequence),
        Verb.Drop when oracle.Snapshots.Count > 0 => Drop(oracle, sequence),
        Verb.RollBack when oracle.Snapshots.Count > 0 => RollBack(oracle, sequence),
        Verb.Checkpoint => new Step(Verb.Checkpoint, null, oracle, sequence),
        Verb.Compact => new Step(Verb.Compact, async store => await store.CompactAsync(), oracle.Compact([]), sequence),
        Verb.Backup => Backup(oracle, sequence),
        Verb.Purge when Any(oracle, live: null) is { } id => Purge(oracle, sequence, id),
        _ => RememberAny(oracle, sequence),
    };

    private Step RememberAny(Oracle oracle, long sequence)
    {
        var known = oracle.Newest.Keys.Where(k => !oracle.Doubtful.Contains(k)).Order().ToList();
        var old = known.Count >= MostMemories || (known.Count > 0 && random.Next(4) == 0) ? known[random.Next(known.Count)] : (Guid?)null;
        if (old is not null && random.Next(2) == 0)
        {
            // The same again: nothing new, or back from where it was forgotten or rolled back.
            var draft = (oracle.View.Find(old.Value)?.Newest ?? oracle.Newest[old.Value]).Draft with { IdempotencyKey = null };
            return Remember(Verb.Remember, oracle, sequence, old.Value, draft);
        }
        var id = old ?? NewId();
        var key = random.Next(3) == 0 ? $"key {_nextText}" : null;
        return Remember(Verb.Remember, oracle, sequence, id, NewDraft(id) with { IdempotencyKey = key });
    }

    private Step Remember(Verb verb, Oracle oracle, long sequence, Guid id, MemoryDraft draft)
    {
        var durability = verb == Verb.Remember && random.Next(3) == 0 ? Durability.Process : Durability.Device;
        draft = draft with { Id = id };
        var (outcome, version) = oracle.Expect(id, draft);
        var after = outcome == RememberOutcome.Unchanged ? sequence : sequence + 1;
        var expected = new RememberResult(id, version, outcome, after);
        return new Step(verb, DoAsync, oracle.Remember(id, draft, expected), after, durability);

        async Task DoAsync(MemoryStore store)
        {
            var result = verb == Verb.Revise ? await store.ReviseAsync(id, draft) : await store.RememberAsync(draft, durability);
            // Of one that changes nothing the sequence is that of when it came to be.
            Assert.Equal(expected, result with { Sequence = expected.Sequence });
        }
    }

    private Step Snapshot(Oracle oracle, long sequence)
    {
        if (oracle.Snapshots.Count >= MostSnapshots) return Drop(oracle, sequence);
        var (name, now) = ($"snapshot-{_nextSnapshot++}", clock.GetUtcNow());
        return new Step(
            Verb.Snapshot,
            async store => Assert.Equal(sequence, (await store.CreateSnapshotAsync(name)).Sequence),
            oracle.Name(name, sequence, now),
            sequence + 1);
    }

    private Step Drop(Oracle oracle, long sequence)
    {
        var name = AnySnapshot(oracle);
        return new Step(
            Verb.Drop, async store => await store.DropSnapshotAsync(name), oracle.Drop(name), sequence + 1);
    }

    private Step RollBack(Oracle oracle, long sequence)
    {
        var (name, undo) = (AnySnapshot(oracle), $"before-rollback-{sequence + 1}");
        return new Step(
            Verb.RollBack,
            async store => Assert.Equal(new RollbackResult(name, undo, sequence + 1), await store.RollBackAsync(name)),
            oracle.RollBack(name, undo, sequence + 1, clock.GetUtcNow()),
            sequence + 1);
    }

    private Step Backup(Oracle oracle, long sequence)
    {
        var path = $"/home/agent/backups/{_nextBackup++}";
        return new Step(Verb.Backup, DoAsync, oracle, sequence) { Backup = path };

        async Task DoAsync(MemoryStore store)
        {
            var made = await store.BackupAsync(path);
            Assert.Equal((path, sequence, (long)oracle.View.LiveCount), (made.Path, made.Sequence, made.Memories));
        }
    }

    private static Step Purge(Oracle oracle, long sequence, Guid id)
    {
        // Each key that the memory was written with is noted by itself.
        var after = sequence + oracle.Keys.Values.Count(k => k.Result.Id == id) + 1;
        return new Step(Verb.Purge, async store => Assert.Equal(1, await store.PurgeAsync([id])), oracle.Purge(id), after);
    }

    private string AnySnapshot(Oracle oracle) => oracle.Snapshots[random.Next(oracle.Snapshots.Count)].Name;

    private Guid? Any(Oracle oracle, bool? live)
    {
        var ids = oracle.View.Memories.Where(m => m.Value.Live == (live ?? m.Value.Live)).Select(m => m.Key)
            .Where(id => !oracle.Doubtful.Contains(id)).Order().ToList();
        return ids.Count == 0 ? null : ids[random.Next(ids.Count)];
    }

    private MemoryDraft NewDraft(Guid id)
    {
        // Now and then one of several chunks.
        var length = random.Next(20) == 0 ? 35_000 : random.Next(600);
        var draft = new MemoryDraft
        {
            Id = id,
            Text = $"memory {_nextText++} {new string('x', length)}",
            Domain = random.Next(2) == 0 ? "a/b" : "c",
            ExpiresAt = random.Next(8) == 0 ? clock.GetUtcNow() + TimeSpan.FromHours(1) : null,
            Vectors = new Dictionary<string, ReadOnlyMemory<float>>
            {
                // No two alike, so that one can be looked for.
                ["v"] = new[] { _nextText + 0.25f, random.Next(-20, 20), random.Next(-20, 20), random.Next(-20, 20) },
            },
        };
        _drafts.Add(draft);
        return draft;
    }

    private Guid NewId()
    {
        random.NextBytes(_idBytes);
        return new Guid(_idBytes);
    }
}
