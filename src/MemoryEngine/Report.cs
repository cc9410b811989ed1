using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Telling what came of a transfer: once, late or early, for transfers of this pool alone.</summary>
internal sealed class PendingReport(Pool pool, Durability durability, Outcome outcome) : PendingWrite<OutcomeAnswer>(pool, durability)
{
    private OutcomeEvent? _event;
    private long _sequence;
    private JournalPosition _position;

    public override int Bytes { get; } = 256 + (3 * (outcome.JudgeModel?.Length ?? 0)) + (16 * outcome.Used.Count);

    public override bool Prepare(JournalWriter journal)
    {
        // Its transfer, or another outcome of it, is in the same batch.
        var name = new TransferName(outcome.Transfer);
        if (Pool.Touched.Contains(name)) return false;
        if (!Pool.Evidence.State.Open.Contains(outcome.Transfer)) TransferRules.EnsureOld(Pool, outcome.Transfer);
        var (result, _) = Pool.Evidence.State.Open.Look(outcome);
        Result = new OutcomeAnswer(result, []);
        if (result != OutcomeResult.Counted) return true;
        _event = new OutcomeEvent(outcome, Records.RecordCodec.Time(Pool.NowMicroseconds));
        _position = journal.Append(EventType.OutcomeReported, _event.Encode());
        _sequence = journal.LastSequence;
        Pool.Touched.Add(name);
        return true;
    }

    public override void Apply()
    {
        if (_event is not null) Result = Pool.Evidence.Apply(_event, _sequence, _position);
    }
}

/// <summary>What an outcome may hold, and which transfers there are.</summary>
internal static class TransferRules
{
    /// <summary>Refuses what cannot be, before anything is queued.</summary>
    public static void Check(Outcome outcome)
    {
        OutcomeRules.Check(outcome);
        if (!Enum.IsDefined(outcome.Judge) || !Enum.IsDefined(outcome.Failure))
            throw new ArgumentException("An outcome is judged by a verifier or a model, and its failure is of a known class.", nameof(outcome));
        if (outcome.Used.Count > OutcomeEvent.MostUsed)
        {
            throw new ArgumentException(
                $"{outcome.Used.Count} memories cannot have been used; a recall hands over {OutcomeEvent.MostUsed} at most.", nameof(outcome));
        }
        DraftRules.CheckText("judge model", outcome.JudgeModel, Limits.MaxNameBytes);
    }

    /// <summary>Throws unless a transfer that is not known was made by this pool so long ago that its candidates are gone.</summary>
    /// <exception cref="MemoryEngineException">It is not of this pool, or its record was lost.</exception>
    public static void EnsureOld(Pool pool, Guid transfer)
    {
        if (!pool.Tokens.TryRead(transfer, out var sequence, out _)) throw NotFound.Transfer(transfer);
        var open = pool.Evidence.State.Open;
        if (open.Forgotten > 0 && open.Oldest is { } oldest && pool.Tokens.TryRead(oldest, out var first, out _) && sequence <= first) return;
        throw new MemoryEngineException(
            ErrorCode.TransferLost,
            $"Transfer {transfer} is one of this pool's, and a crash or a power failure took its record before it was kept. " +
            "Its outcome is left out, for memory and against it alike; nothing else is affected.");
    }
}
