using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// A transfer on its way to the journal. Nobody waits for it: where it does not arrive, because the disk is full or a crash comes first,
/// its id is still known as one of the pool's, and its outcome is left out of both arms.
/// </summary>
internal sealed class PendingTransfer(Pool pool, Transfer transfer) : PendingWrite
{
    // Fixed fields of a transfer and of a candidate; a character takes three bytes at most.
    private const int FixedBytes = 160, CandidateBytes = 160, CharacterBytes = 3;

    private long _sequence;
    private JournalPosition _position;

    public override Durability Durability => Durability.Process;

    public override bool IsAwaited => false;

    public override int Bytes { get; } = MostBytes(transfer);

    public override bool Prepare(JournalWriter journal)
    {
        pool.EnsureWithinLimit(Bytes);
        using var writer = new ByteWriter(Bytes);
        TransferEvent.Encode(transfer, writer);
        _position = journal.Append(EventType.Transferred, writer.Written);
        _sequence = journal.LastSequence;
        pool.Touched.Add(new TransferName(transfer.Id));
        return true;
    }

    public override void Apply() => pool.Evidence.Apply(transfer, _sequence, _position);

    public override void Complete()
    {
    }

    public override void Fail(Exception error)
    {
        // The recall it belongs to has been answered. Health says what is wrong with the disk.
    }

    private static int MostBytes(Transfer transfer)
    {
        var characters = transfer.Task.Length + transfer.TargetDomain.Length + transfer.Modality.Length + (transfer.ConsumerModel?.Length ?? 0);
        for (var i = 0; i < transfer.Candidates.Count; i++)
        {
            var candidate = transfer.Candidates[i];
            characters += candidate.Domain.Length + (candidate.ProducerModel?.Length ?? 0) + (candidate.Contributor?.Length ?? 0);
        }
        return FixedBytes + (CandidateBytes * transfer.Candidates.Count) + (CharacterBytes * characters);
    }
}

/// <summary>A transfer's id in <see cref="Pool.Touched"/>, where those of memories are bare.</summary>
internal readonly record struct TransferName(Guid Id);
