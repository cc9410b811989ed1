using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine.Repair;

/// <summary>
/// Everything in a damaged pool that checks out: the frames of its journal, the bodies of its record log, its newest
/// manifest. Reads and changes nothing.
/// </summary>
internal sealed class RepairSource : IDisposable
{
    private readonly List<FileSalvage> _files = [];
    private readonly List<Manifest> _manifests = [];
    private RecordLogSalvage? _records;

    private RepairSource()
    {
    }

    /// <summary>The journal's files of this pool in order of their numbers.</summary>
    public IReadOnlyList<FileSalvage> Files => _files;

    /// <summary>The newest manifest of the pool that checks out.</summary>
    public Manifest? Manifest { get; private set; }

    /// <summary>The same, where it is of a format that knows more than the record log.</summary>
    public Manifest? Knowing => Manifest is { HasRows: true } ? Manifest : null;

    public Guid PoolId { get; private set; }

    /// <summary>When the pool was made, as far as the files know.</summary>
    public long CreatedMicroseconds { get; private set; }

    /// <summary>Damage, missing files among it, in order of place.</summary>
    public List<JournalDamage> Damages { get; } = [];

    /// <summary>Problems that cost no event.</summary>
    public List<CheckProblem> Problems { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>A sequence up to which events are known to have been written.</summary>
    public long Through { get; private set; }

    /// <exception cref="MemoryEngineException">A part of the pool is of a newer format, or the disk fails.</exception>
    public static RepairSource Read(IFileSystem files, PoolPaths paths, TimeProvider clock)
    {
        var source = new RepairSource();
        try
        {
            source.ReadManifests(files, paths);
            source.ReadJournal(files, paths);
            source.DecidePool(clock);
            source.FindMissingFiles(paths);
            source.Through = Math.Max(
                source._files.Select(f => f.Through).DefaultIfEmpty().Max(),
                source.Manifest?.Sequence ?? 0);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Looks for the bodies of versions whose events are lost.</summary>
    public IReadOnlyList<RepairEvent> FindInRecordLog(IFileSystem files, PoolPaths paths, Func<long, bool> isLost)
    {
        _records = RecordLogSalvage.Read(files, paths.Records, isLost);
        Through = Math.Max(Through, _records.Through);
        var found = new List<RepairEvent>();
        foreach (var bySequence in _records.Found.GroupBy(f => f.Sequence).OrderBy(g => g.Key))
        {
            // Two records of one event contradict each other, and nothing says which is right.
            if (bySequence.ToList() is not [var (recordId, sequence)]) continue;
            var opens = RecordReader.TryOpen(_records.Body(recordId, sequence), out var record, out _);
            if (opens && record.Place.RecordId == recordId)
                found.Add(new RepairEvent(sequence, 1, EventType.Remembered, RepairEvent.FromRecordLog, recordId, 0));
        }
        return found;
    }

    /// <summary>The payload of an event that was not made; valid until the next call.</summary>
    public ReadOnlySpan<byte> Payload(in RepairEvent e) => e.Source == RepairEvent.FromRecordLog
        ? _records!.Body(e.Place, e.Sequence)
        : _files[e.Source].Payload(e.Place, e.PayloadBytes);

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _records?.Dispose();
    }

    // The newest one that checks out and is of this pool; what is wrong with the others is told.
    private void ReadManifests(IFileSystem files, PoolPaths paths)
    {
        try
        {
            foreach (var file in new ManifestFiles(files, paths.Manifests).Read())
            {
                if (file.Manifest is not null) _manifests.Add(file.Manifest);
                else Problems.Add(new CheckProblem(file.Path, 0, file.Problem!, "Nothing is lost by that; the new pool makes its own."));
            }
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.Storage)
        {
            Problems.Add(new CheckProblem(paths.Manifests, 0, e.Message, "Nothing is lost by that; the new pool makes its own."));
        }
    }

    private void ReadJournal(IFileSystem files, PoolPaths paths)
    {
        if (!files.DirectoryExists(paths.Journal)) return;
        foreach (var name in files.List(paths.Journal))
            if (JournalFormat.TryParseFileName(name, out var number)) _files.Add(FileSalvage.Read(files, paths.Journal, name, number));
    }

    // Most headers decide: a file of another pool that strayed here must not.
    private void DecidePool(TimeProvider clock)
    {
        var named = _files.Where(f => f.Header is { } h && h.PoolId != Guid.Empty).Select(f => f.Header!.Value).ToList();
        var most = named.GroupBy(h => h.PoolId).OrderByDescending(g => g.Count())
            .ThenByDescending(g => _manifests.Exists(m => m.PoolId == g.Key)).FirstOrDefault();
        PoolId = most?.Key ?? _manifests.FirstOrDefault()?.PoolId ?? Born() ?? Guid.Empty;
        var now = clock.GetUtcNow();
        if (PoolId == Guid.Empty)
        {
            PoolId = Guid.CreateVersion7(now);
            Notes.Add("No file says any more which pool this was, so the new pool has an id of its own.");
        }
        CreatedMicroseconds = named.Where(h => h.PoolId == PoolId).Select(h => h.CreatedMicroseconds)
            .DefaultIfEmpty(RecordCodec.Microseconds(now)).Min();
        foreach (var stranger in _files.Where(f => f.Header is { } h && h.PoolId != Guid.Empty && h.PoolId != PoolId).ToList())
        {
            Problems.Add(new CheckProblem(
                stranger.Path, 0, $"a file of pool {stranger.Header!.Value.PoolId} in the journal of pool {PoolId}",
                "Nothing of it is taken."));
            _files.Remove(stranger);
            stranger.Dispose();
        }
        Manifest = _manifests.FirstOrDefault(m => m.PoolId == PoolId);
    }

    private Guid? Born()
    {
        foreach (var file in _files)
        {
            foreach (var frame in file.Frames.Where(f => f.Type == EventType.PoolCreated))
                if (PoolCreatedEvent.Decode(file.Payload(frame.Offset, frame.PayloadBytes)) is { } born) return born.PoolId;
        }
        return null;
    }

    // What a file does not know of the sequences around its damage, its neighbours do.
    private void FindMissingFiles(PoolPaths paths)
    {
        var (number, last) = (0, 0L);
        for (var i = 0; i < _files.Count; i++)
        {
            var file = _files[i];
            var first = _files.Skip(i).SelectMany(f => f.Frames).Select(f => (long?)f.Sequence).FirstOrDefault();
            if (file.Number > number + 1)
                AddMissing(paths, number + 1, file.Number - 1, last, first);
            if (file.Header is null) Damages.Add(new JournalDamage(file.Path, 0, file.HeaderProblem!, last, isWholeFile: true) { Before = first });
            else if (file.HeaderProblem is { } problem)
            {
                Problems.Add(new CheckProblem(
                    file.Path, 0, problem, "Nothing is lost by that: the rest of the file checks out without it."));
            }
            var next = _files.Skip(i + 1).SelectMany(f => f.Frames).Select(f => (long?)f.Sequence).FirstOrDefault();
            foreach (var damage in file.Damages)
            {
                damage.After = Math.Max(damage.After, last);
                damage.Before ??= next;
                Damages.Add(damage);
            }
            (number, last) = (file.Number, Math.Max(last, file.Through));
        }
        if (_files is [.., { Header: not null, Through: 0, IsSealed: false, Damages.Count: 0 } empty])
        {
            Problems.Add(new CheckProblem(
                empty.Path, JournalFormat.HeaderBytes, "no batch in the last file",
                "It was made ready and never used, or what it held is gone: which of the two is not known."));
        }
        if (_files.Count == 0) Damages.Add(new JournalDamage(paths.Journal, 0, "no journal file", 0, isWholeFile: true));
        else if (_files[^1].IsSealed) AddMissing(paths, number + 1, number + 1, last, null);
    }

    private void AddMissing(PoolPaths paths, int first, int last, long after, long? before)
    {
        var what = first == last ? "no such file" : $"no such file, nor those up to {JournalFormat.FileName(last)}";
        var path = Path.Combine(paths.Journal, JournalFormat.FileName(first));
        Damages.Add(new JournalDamage(path, 0, what, after, isWholeFile: true) { Before = before });
    }
}
