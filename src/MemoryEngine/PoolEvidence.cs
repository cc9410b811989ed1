using MemoryEngine.Evidence.Effect;
using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// What a pool knows of the effects of its memories: folded from the journal in the journal's order, by the opening and then by the one
/// applier, and shown to recalls on a board. All but <see cref="Board"/> and <see cref="Index"/> belongs to the applier.
/// </summary>
internal sealed class PoolEvidence
{
    /// <summary>Effects are fitted anew after so many outcomes, or a sixteenth of the memories if that is more.</summary>
    private const int FitEvery = 32;

    private const int FitShare = 16;

    private readonly MemoryStoreOptions _options;
    private readonly PoolPaths _paths;
    private readonly JournalBodies _bodies;
    private Guid? _checkpointOf;
    private long _covered;
    private long _seen;
    private long _fittedAt;

    private PoolEvidence(MemoryStoreOptions options, PoolPaths paths, JournalBodies bodies)
    {
        (_options, _paths, _bodies) = (options, paths, bodies);
        Index = NewIndex();
        State = NewState(Index);
    }

    /// <summary>The sums.</summary>
    public EvidenceState State { get; private set; }

    /// <summary>What recalls ask.</summary>
    public EvidenceBoard Board { get; } = new();

    /// <summary>Where transfers stand in the journal.</summary>
    public TransferIndex Index { get; }

    /// <summary>What is said about the checkpoint; null when it was used, or there was none.</summary>
    public string? Note { get; private set; }

    /// <summary>The newest event that the checkpoint had seen; 0 where none is used.</summary>
    public long CheckpointSequence => _covered;

    /// <summary>Everything up to it was folded into sums; 0 for nothing.</summary>
    public long FoldedThrough { get; set; }

    /// <summary>Begins with the checkpoint, where there is one that can be used.</summary>
    public static PoolEvidence Begin(MemoryStoreOptions options, PoolPaths paths, JournalBodies bodies)
    {
        var evidence = new PoolEvidence(options, paths, bodies);
        evidence.ReadCheckpoint();
        return evidence;
    }

    /// <summary>Takes an event of the journal as an opening reads it. The journal may be gone through twice.</summary>
    public void Visit(in JournalFrame frame)
    {
        if (frame.Sequence <= _seen) return;
        _seen = frame.Sequence;
        var isCovered = frame.Sequence <= _covered;
        switch (frame.Type)
        {
            case EventType.PoolCreated:
                if (_checkpointOf is { } of && PoolCreatedEvent.Decode(frame.Payload)?.PoolId is { } born && born != of)
                    Refuse($"it belongs to pool {of}");
                break;
            case EventType.Transferred when isCovered:
                Index.Add(TransferEvent.IdOf(frame.Payload), frame.Sequence, frame.Position);
                break;
            case EventType.OutcomeReported when isCovered:
                Index.AddOutcome(TransferEvent.IdOf(frame.Payload), frame.Sequence, frame.Position);
                break;
            case EventType.Transferred:
                Apply(TransferEvent.Decode(frame.Payload) ?? throw Malformed(frame, "a transfer"), frame.Sequence, frame.Position);
                break;
            case EventType.OutcomeReported:
                _ = Apply(OutcomeEvent.Decode(frame.Payload) ?? throw Malformed(frame, "an outcome"), frame.Sequence, frame.Position);
                break;
            case EventType.Decided when !isCovered:
                Apply(DecidedEvent.Decode(frame.Payload) ?? throw Malformed(frame, "a decision"));
                break;
            case EventType.EvidenceFolded:
                FoldedThrough = frame.Sequence;
                if (!isCovered) State = Read(frame.Payload, Index) ?? throw Malformed(frame, "folded evidence");
                break;
        }
    }

    /// <summary>The journal is read to its end: shows what it says.</summary>
    public void Settle()
    {
        // A transfer whose file was not worth rewriting may still stand there, and what came of it no more.
        LetGo(FoldedThrough);
        Fit();
    }

    /// <summary>Everything up to a sequence is folded: of transfers whose outcome did not come later, the candidates are kept no longer.</summary>
    public void LetGo(long through)
    {
        foreach (var id in Index.Forget(place => place.Sequence <= through && place.OutcomeSequence <= through)) State.Open.LetGo(id);
    }

    public void Apply(Transfer transfer, long sequence, JournalPosition position)
    {
        Index.Add(transfer.Id, sequence, position);
        State.Apply(transfer);
        Touch(transfer);
    }

    public OutcomeAnswer Apply(OutcomeEvent reported, long sequence, JournalPosition position)
    {
        var (_, transfer) = State.Open.Look(reported.Outcome);
        Index.AddOutcome(reported.Outcome.Transfer, sequence, position);
        var answer = State.Apply(reported.Outcome);
        if (transfer is not null) Touch(transfer);
        return answer;
    }

    public void Apply(Decision decision)
    {
        State.Apply(decision);
        Board.Touch(new VersionKey(decision.Memory, decision.Version));
    }

    private void Touch(Transfer transfer)
    {
        for (var i = 0; i < transfer.Candidates.Count; i++)
            Board.Touch(new VersionKey(transfer.Candidates[i].Memory, transfer.Candidates[i].Version));
    }

    /// <summary>Lets readers see what was applied.</summary>
    /// <returns>Whether enough has come for effects to be fitted anew, which was done.</returns>
    public bool Publish()
    {
        if (State.Outcomes - _fittedAt < Math.Max(FitEvery, State.Memories.Count / FitShare))
        {
            Board.Publish(State);
            return false;
        }
        Fit();
        return true;
    }

    /// <summary>Writes the checkpoint of everything up to a sequence, which is durable in the journal.</summary>
    public void WriteCheckpoint(Guid poolId, long sequence)
    {
        // A pool that nobody recalled from has nothing to save.
        if (State.Open.Count == 0 && !State.Decisions.All.Any() && State.Outcomes == 0) return;
        new EvidenceFile(poolId, sequence, EvidenceSnapshot.Write(State)).Write(_options.Files, _paths.Evidence);
    }

    /// <summary>The decisions that hold, and the outcomes before and since each of them.</summary>
    public IReadOnlyList<RemovalWatch> WatchDecisions()
    {
        var watched = new List<RemovalWatch>();
        foreach (var (decision, before) in State.Decisions.Watched)
        {
            var group = decision.Domain is { } domain ? (GainGroup.Domain, domain) : (GainGroup.All, "");
            var since = State.Sums.Gains.GetValueOrDefault(group).Memory.Since(before.Memory);
            watched.Add(new RemovalWatch(decision, Failures(before.Memory), Failures(since), since.Count));
        }
        return watched;

        static double? Failures(Mean outcomes) => outcomes.Count == 0 ? null : 1 - outcomes.Value;
    }

    /// <summary>What is known of the effect of a version.</summary>
    public MemoryEffectFigures FiguresOf(Guid memory, int version)
    {
        var key = new VersionKey(memory, version);
        var known = State.Find(memory, version)?.Overall?.Effect;
        var state = State.Decisions.StateOf(key);
        if (state == MemoryState.Active && known is { HarmE: >= MemoryEffect.SuspectAt }) state = MemoryState.Suspect;
        if (known is not { Appearances: > 0 } effect) return new(memory, version, state, 0, null, new Interval(-1, 1), null, 1, 1);
        return new MemoryEffectFigures(
            memory, version, state, effect.Appearances, double.IsFinite(effect.Estimate) ? effect.Shown : null, effect.EstimateInterval(),
            double.IsNaN(effect.ControlRate) ? null : effect.ControlRate, effect.HarmE, effect.HelpE);
    }

    /// <summary>An index that knows as many transfers as the evidence does.</summary>
    public TransferIndex NewIndex() => new(_options.EvidenceLimits.Transfers);

    /// <summary>A state in which nothing has happened.</summary>
    /// <param name="index">Where the transfers stand that it does not keep whole.</param>
    public EvidenceState NewState(TransferIndex index) => WithTransfers(new EvidenceState(_options.EvidenceLimits), index);

    /// <summary>A state that was written; null where the bytes are none.</summary>
    /// <param name="bytes">What was written.</param>
    /// <param name="index">Where the transfers stand that it does not keep whole.</param>
    public EvidenceState? Read(ReadOnlySpan<byte> bytes, TransferIndex index)
    {
        var state = EvidenceSnapshot.TryRead(bytes.ToArray(), _options.EvidenceLimits);
        return state is null ? null : WithTransfers(state, index);
    }

    private EvidenceState WithTransfers(EvidenceState state, TransferIndex index)
    {
        state.Open.Load = id => Load(id, index);
        var writer = new ByteWriter(1024);
        state.Open.Packing = (Pack, static bytes => TransferEvent.Decode(bytes.Span));
        return state;

        ReadOnlyMemory<byte> Pack(Transfer transfer)
        {
            writer.Clear();
            TransferEvent.Encode(transfer, writer);
            return writer.WrittenMemory;
        }
    }

    private void Fit()
    {
        Board.PublishAll(State);
        _fittedAt = State.Outcomes;
    }

    private void ReadCheckpoint()
    {
        var file = EvidenceFile.Read(_options.Files, _paths.Evidence, out _, out var problem);
        if (problem is not null) Refuse(problem);
        if (file is null) return;
        if (Read(file.State.Span, Index) is { } state) (State, _checkpointOf, _covered) = (state, file.PoolId, file.Sequence);
        else Refuse("its content is of another form");
    }

    private void Refuse(string problem)
    {
        var path = Path.Combine(_paths.Evidence, EvidenceFile.Name);
        Note = $"Evidence checkpoint {path} is not used: {problem}. Opening takes longer; nothing is lost.";
        (_checkpointOf, _covered, State) = (null, 0, NewState(Index));
    }

    private Transfer? Load(Guid id, TransferIndex index)
    {
        if (index.Find(id) is not { } place) return null;
        var payload = _bodies.Read(() => index.Find(id)?.Position ?? place.Position, place.Sequence);
        return TransferEvent.Decode(payload);
    }

    private CorruptionException Malformed(in JournalFrame frame, string expected) => new(
        Path.Combine(_paths.Journal, JournalFormat.FileName(frame.Position.File)), frame.Position.Offset, expected, "other bytes");
}
