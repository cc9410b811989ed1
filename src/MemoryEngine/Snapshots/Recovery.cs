using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// Brings the derived state to what the journal says. The journal is verified to its end before anything is thrown
/// away or written; what is derived is used where it checks out and made again where it does not.
/// </summary>
internal sealed class Recovery
{
    private const long SmallestExpectation = 100_000;
    private readonly IFileSystem _files;
    private readonly PoolPaths _paths;
    private readonly long _recordMemoryBytes;
    private Replayer? _replayer;

    public Recovery(IFileSystem files, PoolPaths paths, long recordMemoryBytes, TimeSpan idempotencyRetention)
    {
        (_files, _paths, _recordMemoryBytes) = (files, paths, recordMemoryBytes);
        Answers = new IdempotencyTable(idempotencyRetention);
    }

    public Memtable Memtable { get; } = new();

    public SnapshotTable Snapshots { get; } = new();

    public IdempotencyTable Answers { get; }

    public RecordStore? Records { get; private set; }

    public Manifest? Manifest { get; private set; }

    public PoolCreatedEvent? Created { get; private set; }

    /// <summary>Journal bytes that the newest checkpoint covers.</summary>
    public long CheckpointedBytes { get; private set; }

    /// <summary>Whether what was purged may still lie in files.</summary>
    public bool IsRemovalPending { get; private set; }

    /// <summary>What was found and done, a sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>
    /// Reads the journal into a fresh state; with <paramref name="withRecords"/> the record log is brought up to it as
    /// well.
    /// </summary>
    public JournalScan Run(bool withRecords)
    {
        Manifest = Manifest.ReadNewest(_files, _paths.Manifests, null, Notes);
        if (Manifest is not null) foreach (var answer in Manifest.Answers) Answers.Add(answer);
        if (withRecords) OpenRecords();
        try
        {
            var scan = Replay();
            if (Created is not null && Manifest is not null && Manifest.PoolId != Created.PoolId)
                throw NotOfThisPool(scan);
            // Manifests and checkpoints are written after the journal is synced: one that is ahead proves a loss.
            var applied = Math.Max(Manifest?.Sequence ?? 0, Records?.AppliedSequence ?? 0);
            if (applied > scan.LastSequence)
            {
                throw new CorruptionException(
                    Path.Combine(_paths.Journal, JournalFormat.FileName(scan.LastFile)),
                    scan.EndOffset,
                    $"events up to sequence {applied}, which a checkpoint has seen",
                    $"the journal's end at sequence {scan.LastSequence}");
            }
            Records?.MarkApplied(scan.LastSequence);
            Memtable.Publish(scan.LastSequence);
            if (scan.Torn is { } torn)
            {
                var cut = withRecords ? "cut" : "left out, to be cut when the pool is opened for writing,";
                Notes.Add(
                    $"The last batch in {torn.File} was torn by a crash: {cut} at offset {torn.Offset}, {torn.Bytes} bytes. " +
                    "What a crash tears has not been acknowledged.");
            }
            return scan;
        }
        catch
        {
            Records?.Dispose();
            throw;
        }
    }

    private CorruptionException NotOfThisPool(JournalScan scan) => new(
        Path.Combine(_paths.Journal, JournalFormat.FileName(scan.FirstFile)),
        0,
        $"the journal of pool {Manifest!.PoolId}, whose manifests lie beside it",
        $"the journal of pool {Created!.PoolId}");

    private void OpenRecords()
    {
        // Without a usable checkpoint the record log starts empty. Its old files may be all that is left of a damaged
        // pool, so they go only once the journal is known to be whole.
        var records = 0L;
        _ = JournalReader.Scan(_files, _paths.Journal, (in frame) => records += frame.Type == EventType.Remembered ? 1 : 0);
        // Room to double before the log's index gets crowded.
        var options = new RecordStoreOptions
        {
            MemoryBudgetBytes = _recordMemoryBytes,
            ExpectedRecords = Math.Max(SmallestExpectation, 2 * records),
        };
        Records = RecordStore.Open(_files, _paths.Records, options, Manifest?.Records, out var reason);
        if (reason is not null) Notes.Add($"The record log was made again from the journal: {reason}. Nothing is lost.");
    }

    private JournalScan Replay()
    {
        _replayer = new Replayer(Memtable) { OnRecord = Put, OnFiled = NoteAnswer };
        var scan = JournalReader.Scan(_files, _paths.Journal, Apply);
        _replayer.Flush();
        return scan;
    }

    private void Put(long sequence, ReadOnlySpan<byte> record)
    {
        if (Records is null || sequence <= Records.AppliedSequence) return;
        Records.EnsureRoom(record.Length);
        _ = RecordReader.TryOpen(record, out var reader, out _);
        Records.Put(reader.Place.RecordId, sequence, record);
    }

    private void NoteAnswer(long sequence, RowDraft draft, RecordPlace place, UInt128 contentHash)
    {
        if (draft.IdempotencyKey is null) return;
        var outcome = place.Version == 1 ? RememberOutcome.Added : RememberOutcome.Revised;
        var result = new RememberResult(place.MemoryId, place.Version, outcome, sequence);
        Answers.Add(new IdempotentAnswer(draft.IdempotencyKey, contentHash, result, place.CreatedMicroseconds));
    }

    private void Apply(in JournalFrame frame)
    {
        if (frame.Sequence <= (Records?.AppliedSequence ?? 0)) CheckpointedBytes += JournalFormat.FrameBytes(frame.Payload.Length);
        var file = Path.Combine(_paths.Journal, JournalFormat.FileName(frame.Position.File));
        if (frame.Type == EventType.Remembered)
        {
            if (!RecordReader.TryOpen(frame.Payload, out var record, out var problem))
                throw Malformed(file, frame, "a record", problem);
            var expected = Memtable.RowCount + _replayer!.WaitingRecords + 1;
            if (record.Place.RecordId != expected || record.Place.Supersedes < 0 || record.Place.Supersedes >= expected)
                throw Malformed(file, frame, $"record {expected}", $"record {record.Place.RecordId}");
            if (record.Place.Version < 1) throw Malformed(file, frame, "a version from 1", $"version {record.Place.Version}");
            if (!Memtable.Spaces.Fit(record)) throw Malformed(file, frame, "vectors of declared spaces", "others");
            _replayer.Add(frame.Sequence, frame.Position.Packed, frame.Payload);
            return;
        }
        _replayer!.Flush();
        switch (frame.Type)
        {
            case EventType.PoolCreated:
                Created = PoolCreatedEvent.Decode(frame.Payload) ?? throw Malformed(file, frame, "a pool's creation", "other bytes");
                break;
            case EventType.SpaceDeclared:
                var declared = SpaceDeclaredEvent.Decode(frame.Payload);
                if (declared is null || declared.Id != Memtable.Spaces.Count || declared.Id >= Limits.MaxSpaces
                    || Memtable.Spaces.Find(declared.Space.Name) is not null)
                    throw Malformed(file, frame, $"the declaration of space {Memtable.Spaces.Count}", "other bytes");
                Memtable.Spaces.Declare(declared.Id, declared.Space);
                break;
            case EventType.Answered:
                Answers.Add(IdempotentAnswer.Decode(frame.Payload) ?? throw Malformed(file, frame, "an answer", "other bytes"));
                break;
            case EventType.Forgotten or EventType.Restored:
                if (LifeEvent.Decode(frame.Payload) is not { } life || life.RecordId < 1 || life.RecordId > Memtable.RowCount)
                    throw Malformed(file, frame, "the id of a record", "other bytes");
                if (frame.Type == EventType.Forgotten) Memtable.Forget(life.RecordId, frame.Sequence);
                else Memtable.Restore(life.RecordId, frame.Sequence);
                break;
            case EventType.Purged:
                if (PurgedEvent.Decode(frame.Payload) is not { } purged) throw Malformed(file, frame, "the id of a memory", "other bytes");
                Purge(purged.MemoryId, frame.Sequence);
                break;
            case EventType.Dropped:
                if (DroppedEvent.Decode(frame.Payload) is not { } gap || (gap.Records > 0 && gap.FirstRecordId != Memtable.RowCount + 1))
                    throw Malformed(file, frame, $"events that were dropped, with records from {Memtable.RowCount + 1} on", "other bytes");
                Memtable.AddErased(frame.Sequence, gap.Records);
                break;
            case EventType.SnapshotCreated:
                if (SnapshotCreatedEvent.Decode(frame.Payload) is not { } named || Snapshots.Find(named.Name) is not null
                    || !named.View.IsSame(Memtable.Through(frame.Sequence - 1)))
                    throw Malformed(file, frame, "a snapshot with a new name", "other bytes");
                Snapshots.Add(new NamedView(named.Name, named.Sequence, named.CreatedMicroseconds, named.View, Memtable.Live));
                break;
            case EventType.SnapshotDropped:
                if (SnapshotDroppedEvent.Decode(frame.Payload) is not { } dropped || Snapshots.Find(dropped.Name) is null)
                    throw Malformed(file, frame, "the name of a snapshot", "other bytes");
                Snapshots.Drop(dropped.Name);
                break;
            case EventType.RolledBack:
                if (RolledBackEvent.Decode(frame.Payload) is not { } back
                    || Snapshots.Find(back.UndoName) is not null || Snapshots.Find(back.Name) is not { } target
                    || !back.Previous.IsSame(Memtable.Through(frame.Sequence - 1)) || !back.Past.IsSame(target.View))
                    throw Malformed(file, frame, "a rollback", "other bytes");
                Snapshots.Add(new NamedView(back.UndoName, frame.Sequence - 1, back.CreatedMicroseconds, back.Previous, Memtable.Live));
                Memtable.RollBack(back.Past, target.Live, frame.Sequence);
                break;
            default:
                throw new MemoryEngineException(
                    ErrorCode.NewerFormat,
                    $"{file} holds an event of type {(byte)frame.Type} at offset {frame.Position.Offset}, which this version of " +
                    "MemoryEngine does not know. Nothing was changed; open the pool with a newer version.");
        }
    }

    private void Purge(Guid memoryId, long sequence)
    {
        // Rows that are still there say that the removal of their bytes was not finished.
        foreach (var row in Memtable.VersionsOf(memoryId))
        {
            IsRemovalPending = true;
            Snapshots.Forget(Memtable, row);
            if (Records is null || sequence <= Records.AppliedSequence) continue;
            Records.EnsureRoom(0);
            Records.Remove(row + 1, sequence);
        }
        Memtable.Purge(memoryId);
    }

    private static CorruptionException Malformed(string file, in JournalFrame frame, string expected, string found) =>
        new(file, frame.Position.Offset, expected, found);
}
