using System.Diagnostics;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>How long the parts of an opening took: reading what the newest manifest names, the record log, the journal.</summary>
internal readonly record struct OpeningTimes(TimeSpan Segments, TimeSpan Records, TimeSpan Journal);

/// <summary>
/// Brings the derived state to what the journal says: from the newest manifest and its segments on, where they check out,
/// else from the first event on. The journal is read to its end with all its checksums either way, and before anything is
/// thrown away or written.
/// </summary>
internal sealed class Recovery
{
    private const long SmallestExpectation = 100_000;

    // Of fewer rows a thread of its own costs more than it saves.
    private const int RowsForTwoThreads = 50_000;

    private readonly IFileSystem _files;
    private readonly PoolPaths _paths;
    private readonly long _recordMemoryBytes;
    private readonly TimeSpan _idempotencyRetention;
    private readonly JournalVisitor? _evidence;
    private KeptState _kept = null!;
    private CoveredEvents? _covered;
    private Replayer? _replayer;
    private Task<RecordStore?>? _recordsUnderWay;
    private long _putThrough;

    /// <param name="files">The disk.</param>
    /// <param name="paths">The pool's.</param>
    /// <param name="recordMemoryBytes">Memory for bodies.</param>
    /// <param name="idempotencyRetention">How long answers are kept.</param>
    /// <param name="evidence">Is given every event, in order; those of evidence are its alone.</param>
    public Recovery(
        IFileSystem files, PoolPaths paths, long recordMemoryBytes, TimeSpan idempotencyRetention, JournalVisitor? evidence = null) =>
        (_files, _paths, _recordMemoryBytes, _idempotencyRetention, _evidence) =
            (files, paths, recordMemoryBytes, idempotencyRetention, evidence);

    public RowTable Table => _kept.Table;

    public SnapshotTable Snapshots => _kept.Snapshots;

    public IdempotencyTable Answers { get; private set; } = null!;

    public RecordStore? Records { get; private set; }

    /// <summary>The generation that the state began with, null when it was the journal alone.</summary>
    public ManifestFile? Source => _kept.Source;

    /// <summary>What the record log was to be opened with, whether it could be or not.</summary>
    public RecordCheckpoint? RecordSource => _kept.Newest?.Records;

    public PoolCreatedEvent? Created { get; private set; }

    /// <summary>Journal bytes that the next opening would have to work through, unless a checkpoint comes before.</summary>
    public long UncheckpointedBytes { get; private set; }

    /// <summary>How long the parts took.</summary>
    public OpeningTimes Times { get; private set; }

    /// <summary>Whether what was purged may still lie in files.</summary>
    public bool IsRemovalPending { get; private set; }

    /// <summary>What was found and done, a sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>
    /// Brings the state to what the journal says; with <paramref name="withRecords"/> the record log is brought up to it as
    /// well.
    /// </summary>
    public JournalScan Run(bool withRecords)
    {
        var watch = Stopwatch.StartNew();
        if (withRecords) SyncNames();
        try
        {
            _kept = KeptState.Load(_files, _paths, PoolIdOfJournal(), Notes, withRecords ? BeginRecords : static _ => { });
            var segments = watch.Elapsed;
            if (withRecords) OpenRecords();
            var records = watch.Elapsed;
            var scan = Replay();
            // Manifests and checkpoints are written after the journal is synced: one that is ahead proves a loss.
            var applied = Math.Max(_kept.Newest?.Sequence ?? 0, Records?.AppliedSequence ?? 0);
            if (applied > scan.LastSequence)
            {
                throw new CorruptionException(
                    Path.Combine(_paths.Journal, JournalFormat.FileName(scan.LastFile)),
                    scan.EndOffset,
                    $"events up to sequence {applied}, which a checkpoint has seen",
                    $"the journal's end at sequence {scan.LastSequence}");
            }
            IsRemovalPending |= _covered is { IsRemovalPending: true };
            if (_covered?.Contradiction() is { } contradiction)
            {
                Notes.Add($"Manifest {Source!.Path} is not used: {contradiction}. Opening takes longer; nothing is lost.");
                _kept = _kept.WithoutRows();
                scan = Replay();
            }
            Records?.MarkApplied(scan.LastSequence);
            Table.Publish(scan.LastSequence);
            if (scan.Torn is { } torn)
            {
                var cut = withRecords ? "cut" : "left out, to be cut when the pool is opened for writing,";
                Notes.Add(
                    $"The last batch in {torn.File} was torn by a crash: {cut} at offset {torn.Offset}, {torn.Bytes} bytes. " +
                    "What a crash tears has not been acknowledged.");
            }
            if (withRecords) SweepSegments();
            Times = new OpeningTimes(segments, records - segments, watch.Elapsed - records);
            return scan;
        }
        catch
        {
            (Records ?? _recordsUnderWay?.GetAwaiter().GetResult())?.Dispose();
            throw;
        }
    }

    // The process before may have died between a rename and its sync. What is built on a name that a power loss takes back
    // would stand on nothing.
    private void SyncNames()
    {
        foreach (var directory in new[] { _paths.Journal, _paths.Segments, _paths.Manifests })
            if (_files.DirectoryExists(directory)) _files.SyncDirectory(directory);
    }

    // A manifest of another pool is told before anything is made of it. Whatever is wrong here the scan finds too.
    private Guid? PoolIdOfJournal()
    {
        var path = Path.Combine(_paths.Journal, JournalFormat.FileName(1));
        if (!_files.FileExists(path)) return null;
        using var file = _files.Open(path, FileOpening.Read);
        var page = new byte[JournalFormat.HeaderBytes];
        return JournalFormat.FileHeader.Read(page.AsSpan(0, file.Read(0, page)), path).PoolId;
    }

    // The record log opens beside the rows of a large pool.
    private void BeginRecords(Manifest newest)
    {
        if (newest.RowCount < RowsForTwoThreads) return;
        _recordsUnderWay = Task.Run(() =>
            RecordStore.TryOpen(_files, _paths.Records, OptionsFor(newest.RowCount), newest.Records, out _));
    }

    private RecordStoreOptions OptionsFor(long records) => new()
    {
        MemoryBudgetBytes = _recordMemoryBytes,
        // Room to double before the log's index gets crowded.
        ExpectedRecords = Math.Max(SmallestExpectation, 2 * records),
    };

    private void OpenRecords()
    {
        if (_recordsUnderWay is not null)
        {
            Records = _recordsUnderWay.GetAwaiter().GetResult();
            _recordsUnderWay = null;
            if (Records is not null) return;
        }
        // Without a usable checkpoint the record log starts empty. Its old files may be all that is left of a damaged
        // pool, so they go only once the journal is known to be whole; that also tells how many records there are.
        long records = Table.RowCount;
        if (_kept.Source is null)
            _ = JournalReader.Scan(_files, _paths.Journal, (in frame) => records += frame.Type == EventType.Remembered ? 1 : 0);
        Records = RecordStore.Open(_files, _paths.Records, OptionsFor(records), RecordSource, out var reason);
        if (reason is not null) Notes.Add($"The record log was made again from the journal: {reason}. Nothing is lost.");
    }

    private JournalScan Replay()
    {
        Answers = new IdempotencyTable(_idempotencyRetention);
        foreach (var answer in _kept.Source?.Manifest!.Answers ?? []) Answers.Add(answer);
        _covered = _kept.Source is null ? null : new CoveredEvents(Table, Table.RowCount);
        _replayer = new Replayer(Table) { OnRecord = Put, OnFiled = NoteAnswer };
        UncheckpointedBytes = 0;
        var scan = JournalReader.Scan(_files, _paths.Journal, Visit);
        _replayer.Flush();
        return scan;
    }

    private void Visit(in JournalFrame frame)
    {
        if (frame.Sequence > Math.Min(_kept.Sequence, Records?.AppliedSequence ?? long.MaxValue))
            UncheckpointedBytes += JournalFormat.FrameBytes(frame.Payload.Length);
        _evidence?.Invoke(frame);
        if (frame.Type.IsEvidence()) return;
        if (frame.Sequence > _kept.Sequence)
        {
            if (_covered?.Contradiction() is null) Apply(frame);
            return;
        }
        _covered!.Pass(frame);
        if (frame.Type == EventType.PoolCreated) Apply(frame);
        // The record log may be older than the manifest, or have been made anew.
        if (frame.Type == EventType.Remembered && frame.Sequence > (Records?.AppliedSequence ?? long.MaxValue)) PutCovered(frame);
    }

    private void PutCovered(in JournalFrame frame)
    {
        if (!RecordReader.TryOpen(frame.Payload, out var record, out var problem))
            throw Malformed(Path.Combine(_paths.Journal, JournalFormat.FileName(frame.Position.File)), frame, "a record", problem);
        var row = record.Place.RecordId - 1;
        // What was purged does not come back; where the manifest does not fit, the journal is gone through again.
        if (_covered!.IsContradicted || Table.IsErased((int)row)) return;
        Put(frame.Sequence, frame.Payload);
    }

    private void Put(long sequence, ReadOnlySpan<byte> record)
    {
        // The journal may be gone through twice; a record is put once.
        if (Records is null || sequence <= Math.Max(Records.AppliedSequence, _putThrough)) return;
        Records.EnsureRoom(record.Length);
        _ = RecordReader.TryOpen(record, out var reader, out _);
        Records.Put(reader.Place.RecordId, sequence, record);
        _putThrough = sequence;
    }

    // What a crash, or another process that had it mapped, kept from being deleted.
    private void SweepSegments()
    {
        var manifests = new ManifestFiles(_files, _paths.Manifests);
        var standsAlone = Source is { Manifest.StandsAlone: true };
        if (standsAlone) manifests.DeleteBefore(Source!.Number);
        var needed = NamesIn(Source?.Manifest).ToHashSet();
        if (SegmentFiles.IsSwept(_files, _paths.Segments, needed)) return;
        foreach (var file in manifests.Read()) needed.UnionWith(NamesIn(file.Manifest));
        SegmentFiles.Sweep(_files, _paths.Segments, (name, _) => needed.Contains(name), must: standsAlone);
    }

    private static IEnumerable<string> NamesIn(Manifest? manifest) => manifest?.FileNames() ?? [];

    private void NoteAnswer(long sequence, RowDraft draft, RecordPlace place, UInt128 contentHash)
    {
        if (draft.IdempotencyKey is null) return;
        var outcome = place.Version == 1 ? RememberOutcome.Added : RememberOutcome.Revised;
        var result = new RememberResult(place.MemoryId, place.Version, outcome, sequence);
        Answers.Add(new IdempotentAnswer(draft.IdempotencyKey, contentHash, result, place.CreatedMicroseconds));
    }

    private void Apply(in JournalFrame frame)
    {
        var file = Path.Combine(_paths.Journal, JournalFormat.FileName(frame.Position.File));
        if (frame.Type == EventType.Remembered)
        {
            if (!RecordReader.TryOpen(frame.Payload, out var record, out var problem))
                throw Malformed(file, frame, "a record", problem);
            var expected = Table.RowCount + _replayer!.WaitingRecords + 1;
            if (record.Place.RecordId != expected || record.Place.Supersedes < 0 || record.Place.Supersedes >= expected)
                throw Malformed(file, frame, $"record {expected}", $"record {record.Place.RecordId}");
            if (record.Place.Version < 1) throw Malformed(file, frame, "a version from 1", $"version {record.Place.Version}");
            if (!Table.Spaces.Fit(record)) throw Malformed(file, frame, "vectors of declared spaces", "others");
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
                if (declared is null || declared.Id != Table.Spaces.Count || declared.Id >= Limits.MaxSpaces
                    || Table.Spaces.Find(declared.Space.Name) is not null)
                    throw Malformed(file, frame, $"the declaration of space {Table.Spaces.Count}", "other bytes");
                Table.Spaces.Declare(declared.Id, declared.Space);
                break;
            case EventType.VectorAdded or EventType.TextSpaceChosen or EventType.SpaceDropped:
                ApplyToSpace(frame, file);
                break;
            case EventType.Answered:
                Answers.Add(IdempotentAnswer.Decode(frame.Payload) ?? throw Malformed(file, frame, "an answer", "other bytes"));
                break;
            case EventType.Forgotten or EventType.Restored:
                if (LifeEvent.Decode(frame.Payload) is not { } life || life.RecordId < 1 || life.RecordId > Table.RowCount)
                    throw Malformed(file, frame, "the id of a record", "other bytes");
                if (frame.Type == EventType.Forgotten) Table.Forget(life.RecordId, frame.Sequence);
                else Table.Restore(life.RecordId, frame.Sequence);
                break;
            case EventType.Purged:
                if (PurgedEvent.Decode(frame.Payload) is not { } purged) throw Malformed(file, frame, "the id of a memory", "other bytes");
                Purge(purged.MemoryId, frame.Sequence);
                break;
            case EventType.Dropped:
                if (DroppedEvent.Decode(frame.Payload) is not { } gap || (gap.Records > 0 && gap.FirstRecordId != Table.RowCount + 1))
                    throw Malformed(file, frame, $"events that were dropped, with records from {Table.RowCount + 1} on", "other bytes");
                RemoveBodies(gap, frame.Sequence);
                Table.AddErased(frame.Sequence, gap.Records);
                break;
            case EventType.SnapshotCreated:
                if (SnapshotCreatedEvent.Decode(frame.Payload) is not { } named || Snapshots.Find(named.Name) is not null
                    || !named.View.IsSame(Table.Through(frame.Sequence - 1)))
                    throw Malformed(file, frame, "a snapshot with a new name", "other bytes");
                Snapshots.Add(new NamedView(named.Name, named.Sequence, named.CreatedMicroseconds, named.View, Table.Live));
                break;
            case EventType.SnapshotDropped:
                if (SnapshotDroppedEvent.Decode(frame.Payload) is not { } given || Snapshots.Find(given.Name) is null)
                    throw Malformed(file, frame, "the name of a snapshot", "other bytes");
                Snapshots.Drop(given.Name);
                break;
            case EventType.RolledBack:
                if (RolledBackEvent.Decode(frame.Payload) is not { } back
                    || Snapshots.Find(back.UndoName) is not null || Snapshots.Find(back.Name) is not { } target
                    || !back.Previous.IsSame(Table.Through(frame.Sequence - 1)) || !back.Past.IsSame(target.View))
                    throw Malformed(file, frame, "a rollback", "other bytes");
                Snapshots.Add(new NamedView(back.UndoName, frame.Sequence - 1, back.CreatedMicroseconds, back.Previous, Table.Live));
                Table.RollBack(back.Past, target.Live, frame.Sequence);
                break;
            default:
                throw new MemoryEngineException(
                    ErrorCode.NewerFormat,
                    $"{file} holds an event of type {(byte)frame.Type} at offset {frame.Position.Offset}, which this version of " +
                    "MemoryEngine does not know. Nothing was changed; open the pool with a newer version.");
        }
    }

    private void ApplyToSpace(in JournalFrame frame, string file)
    {
        if (frame.Type == EventType.VectorAdded)
        {
            if (VectorAddedEvent.Decode(frame.Payload) is not { } added || added.RecordId > Table.RowCount
                || !Table.Spaces.Fit(added.Space, added.Vector.Length))
                throw Malformed(file, frame, "a vector of a version in a declared space", "other bytes");
            // A vector of what was removed is to go as well.
            if (Table.IsErased((int)added.RecordId - 1)) IsRemovalPending = true;
            Table.AddVector((int)added.RecordId - 1, added.Space, added.Vector.Span);
            return;
        }
        var isDrop = frame.Type == EventType.SpaceDropped;
        if (SpaceEvent.Decode(frame.Payload) is not { } change || !Table.Spaces.CanChange(change.Space, isDrop))
            throw Malformed(file, frame, "a space of texts that waits", "other bytes");
        // Nobody searches yet: what they held goes at once.
        foreach (var gone in isDrop ? Table.Spaces.Drop(change.Space) : Table.Spaces.Choose(change.Space)) Table.Parts.Drop(gone);
    }

    private void Purge(Guid memoryId, long sequence)
    {
        // Rows that are still there say that the removal of their bytes was not finished.
        foreach (var row in Table.VersionsOf(memoryId))
        {
            IsRemovalPending = true;
            Snapshots.Forget(Table, row);
            if (Records is null || sequence <= Records.AppliedSequence) continue;
            Records.EnsureRoom(0);
            Records.Remove(row + 1, sequence);
        }
        Table.Purge(memoryId);
    }

    // A crash may have come between the journal, from which they were dropped, and the record log.
    private void RemoveBodies(in DroppedEvent gap, long sequence)
    {
        if (Records is null || sequence > Records.AppliedSequence) return;
        for (var id = gap.FirstRecordId; id < gap.FirstRecordId + gap.Records; id++)
        {
            Records.EnsureRoom(0);
            Records.Remove(id, sequence + gap.Sequences);
        }
    }

    private static CorruptionException Malformed(string file, in JournalFrame frame, string expected, string found) =>
        new(file, frame.Position.Offset, expected, found);
}
