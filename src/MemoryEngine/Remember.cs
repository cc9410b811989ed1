using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// Remembering and revising: the work on the text is done on the caller's thread, what becomes of it (new, a new
/// version, nothing, back again) is decided under the right to commit, where all writes are in one order.
/// </summary>
internal sealed class Remember(Pool pool, TextEmbedder embedder)
{
    /// <summary>Texts that go to an embedder at once.</summary>
    private const int EmbeddingBatch = 64;

    public async ValueTask<RememberResult> OneAsync(
        MemoryDraft draft, bool mustExist, int? expectedVersion, Durability durability, CancellationToken cancellation,
        bool isOneOfMany = false)
    {
        pool.ThrowIfDisposed();
        Check(draft);
        var made = await embedder.EmbedMemoriesAsync([draft], cancellation).ConfigureAwait(false);
        var write = Prepare(draft, made[0], mustExist, expectedVersion, durability);
        return Noted(await pool.CommitAsync(write, cancellation, isOneOfMany).ConfigureAwait(false), made[0].Vector.Note);
    }

    public async Task<IReadOnlyList<RememberResult>> ManyAsync(
        IReadOnlyList<MemoryDraft> drafts, Durability durability, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        for (var i = 0; i < drafts.Count; i++)
        {
            try
            {
                Check(drafts[i]);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"Memory {i} of {drafts.Count}: {e.Message} None of them was remembered.", nameof(drafts), e);
            }
        }
        var writes = new Task<RememberResult>[drafts.Count];
        var notes = new string?[drafts.Count];
        var atOnce = embedder.CallsForMemories ? EmbeddingBatch : Math.Max(1, drafts.Count);
        for (var start = 0; start < drafts.Count; start += atOnce)
        {
            var part = drafts.Skip(start).Take(atOnce).ToList();
            var made = await embedder.EmbedMemoriesAsync(part, cancellation).ConfigureAwait(false);
            var first = start;
            var prepared = new PendingRemember[part.Count];
            PrepareAll(part, made, prepared, durability);
            for (var i = 0; i < prepared.Length; i++)
            {
                notes[first + i] = made[i].Vector.Note;
                writes[first + i] = pool.CommitAsync(prepared[i], cancellation, isOneOfMany: prepared.Length > 1).AsTask();
            }
        }
        var results = await Task.WhenAll(writes).ConfigureAwait(false);
        for (var i = 0; i < results.Length; i++) results[i] = Noted(results[i], notes[i]);
        return results;
    }

    private void PrepareAll(List<MemoryDraft> drafts, MadeVectors[] made, PendingRemember[] prepared, Durability durability)
    {
        try
        {
            Parallel.For(0, drafts.Count, i => prepared[i] = Prepare(drafts[i], made[i], false, null, durability));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    // Where nothing was stored, nothing was stored without a vector.
    private static RememberResult Noted(RememberResult result, string? note) =>
        note is null || result.Outcome is RememberOutcome.Unchanged or RememberOutcome.Restored ? result
        : result with { Note = $"{note} The memory is stored without a vector, and found by its words; 'reembed' makes it one later." };

    // What is refused here is refused before anything is written. A purge may still come before the write's turn.
    private void Check(MemoryDraft draft)
    {
        DraftRules.Check(draft, pool.Table.Spaces);
        if (draft.Id is { } id && pool.Table.IsPurged(id)) throw NotFound.Purged(id);
    }

    private PendingRemember Prepare(
        MemoryDraft draft, in MadeVectors made, bool mustExist, int? expectedVersion, Durability durability)
    {
        var spaces = pool.Table.Spaces;
        var writer = new ByteWriter(512 + draft.Text.Length);
        // Looked at again: the space of the texts may be another one by now.
        var entries = draft.Vectors.Keys.ToDictionary(name => name, spaces.Find, StringComparer.Ordinal);
        foreach (var (name, vector) in draft.Vectors) DraftRules.CheckVector(entries[name], name, vector.Span, stored: true);
        RecordCodec.Encode(draft, name => entries[name]!.Id, made.Space is null ? null : made.Vector.Vector, made.Space?.Id ?? 0, writer);
        if (!RecordReader.TryOpen(writer.Written, out var record, out var problem))
            throw new InvalidOperationException($"The record that was just encoded does not open: {problem}.");
        return new PendingRemember(
            pool, durability, draft.Id, writer, RowDraft.Of(record, spaces.HashedSpace), made.Next, mustExist, expectedVersion);
    }
}

/// <summary>One memory on its way into the pool.</summary>
internal sealed class PendingRemember(
    Pool pool, Durability durability, Guid? id, ByteWriter record, RowDraft row, LaterVector? next, bool mustExist, int? expectedVersion)
    : PendingWrite<RememberResult>(pool, durability)
{
    private long _sequence;
    private long _position;
    private long _recordId;
    private long _promisedBytes;
    private IdempotentAnswer? _answer;

    public override int Bytes =>
        JournalFormat.FrameBytes(record.Length) + (next is { } n ? JournalFormat.FrameBytes(VectorAddedEvent.BytesFor(n.Vector.Length)) : 0);

    public override bool Prepare(JournalWriter journal)
    {
        var now = Pool.NowMicroseconds;
        var hash = RecordCodec.ContentHash(record.Written);
        if (row.IdempotencyKey is { } key)
        {
            if (Pool.Touched.Contains(key)) return false;
            if (Pool.Answers.Find(key, now) is { } earlier)
            {
                Result = Repeat(earlier, hash);
                return true;
            }
        }
        var memoryId = id ?? Guid.CreateVersion7(Pool.Options.Clock.GetUtcNow());
        if (Pool.Touched.Contains(memoryId)) return false;
        Decide(journal, memoryId, hash, now);
        Pool.Touched.Add(memoryId);
        if (row.IdempotencyKey is not null) Pool.Touched.Add(row.IdempotencyKey);
        return true;
    }

    public override void Apply()
    {
        if (_answer is not null) Pool.Answers.Add(_answer);
        if (_sequence == 0) return;
        if (Result.Outcome == RememberOutcome.Restored)
        {
            Pool.Table.Restore(_recordId, _sequence);
            Pool.Changes.Add(_sequence, MemoryChangeKind.Restored, Result.Id, Result.Version);
            return;
        }
        Pool.Records!.Put(_recordId, _sequence, record.Written);
        _promisedBytes = 0;
        _ = RecordReader.TryOpen(record.Written, out var reader, out _);
        Pool.Table.Remember(_sequence, _position, reader, row);
        if (next is { } later) Pool.Table.AddVector((int)_recordId - 1, later.Space.Id, later.Vector.Span);
        var kind = Result.Outcome == RememberOutcome.Added ? MemoryChangeKind.Added : MemoryChangeKind.Revised;
        Pool.Changes.Add(_sequence, kind, Result.Id, Result.Version);
    }

    public override void Complete()
    {
        Release();
        base.Complete();
    }

    public override void Fail(Exception error)
    {
        if (_promisedBytes > 0) Pool.Records!.ReleaseRoom(_promisedBytes);
        Release();
        base.Fail(error);
    }

    private void Release()
    {
        record.Dispose();
        row.Dispose();
    }

    private RememberResult Repeat(IdempotentAnswer earlier, UInt128 hash)
    {
        if (earlier.ContentHash == hash && (id is null || id == earlier.Result.Id)) return earlier.Result;
        throw new MemoryEngineException(
            ErrorCode.Conflict,
            $"The idempotency key '{earlier.Key}' was used for other content, as memory {earlier.Result.Id}. " +
            "Nothing was changed; use a new key for a new write.");
    }

    private void Decide(JournalWriter journal, Guid memoryId, UInt128 hash, long now)
    {
        var table = Pool.Table;
        if (table.IsPurged(memoryId)) throw NotFound.Purged(memoryId);
        var newest = table.FindNewest(memoryId);
        if (newest < 0)
        {
            if (mustExist) throw NotFound.Memory(memoryId);
            // Versions of it may have been given up whose numbers evidence knows: it goes on from there, as a revised one would.
            var first = FreeNumber(memoryId, 1);
            Append(journal, memoryId, hash, first, 0, first == 1 ? RememberOutcome.Added : RememberOutcome.Revised, now);
            return;
        }
        var live = table.FindLive(memoryId, table.Applied);
        if (mustExist && live < 0)
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict, $"Memory {memoryId} is forgotten, or was rolled back. Restore it before revising it.");
        }
        // What is compared with: the live version, else the newest that the view knows, else one that was rolled back.
        var row = live >= 0 ? live : table.FindNewest(memoryId, table.Applied);
        ref readonly var known = ref table.Rows[row >= 0 ? row : newest];
        if (expectedVersion is { } expected && expected != known.Version)
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict,
                $"Memory {memoryId} is at version {known.Version}, not {expected}: someone else revised it. Read it again and decide anew.");
        }
        if (known.ContentHash != hash)
        {
            // Numbers are not given twice, though a rollback may have hidden the version that has the newest.
            Append(journal, memoryId, hash, FreeNumber(memoryId, table.Rows[newest].Version + 1), live + 1, RememberOutcome.Revised, now);
            return;
        }
        _recordId = (row >= 0 ? row : newest) + 1;
        if (live >= 0)
        {
            Answer(journal, new RememberResult(memoryId, known.Version, RememberOutcome.Unchanged, known.Birth), hash, now);
            return;
        }
        journal.Append(EventType.Restored, new LifeEvent(_recordId, memoryId).Encode());
        _sequence = journal.LastSequence;
        Answer(journal, new RememberResult(memoryId, known.Version, RememberOutcome.Restored, _sequence), hash, now);
    }

    // The first number from one on of which evidence tells nothing: what it tells is of another text.
    private int FreeNumber(Guid memoryId, int number)
    {
        while (Pool.Evidence.State.Knows(memoryId, number)) number++;
        return number;
    }

    private void Append(
        JournalWriter journal, Guid memoryId, UInt128 hash, int version, long supersedes, RememberOutcome outcome, long now)
    {
        _recordId = Pool.Table.Rows.Count + Pool.PendingRecords + 1;
        RecordCodec.Place(record.Written, new RecordPlace(_recordId, supersedes, version, memoryId, now));
        Pool.EnsureWithinLimit(record.Length);
        Pool.Records!.EnsureRoom(record.Length);
        _promisedBytes = record.Length;
        _position = journal.Append(EventType.Remembered, record.Written).Packed;
        _sequence = journal.LastSequence;
        // Beside the record, so that it can go again without it.
        if (next is { } later) journal.Append(EventType.VectorAdded, new VectorAddedEvent(_recordId, later.Space.Id, later.Vector).Encode());
        Pool.PendingRecords++;
        Result = new RememberResult(memoryId, version, outcome, _sequence);
        // The record itself carries the key, so the journal needs no answer beside it.
        if (row.IdempotencyKey is { } key) _answer = new IdempotentAnswer(key, hash, Result, now);
    }

    private void Answer(JournalWriter journal, RememberResult result, UInt128 hash, long now)
    {
        Result = result;
        if (row.IdempotencyKey is not { } key) return;
        _answer = new IdempotentAnswer(key, hash, result, now);
        using var writer = new ByteWriter(128);
        _answer.WriteTo(writer);
        journal.Append(EventType.Answered, writer.Written);
    }
}
