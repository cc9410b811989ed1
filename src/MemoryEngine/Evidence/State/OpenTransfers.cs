namespace MemoryEngine.Evidence.State;

/// <summary>
/// Transfers that an outcome may name. Those that have one are kept as a number that says which, so that the same one may come again;
/// of too many the oldest are forgotten, answered or not.
/// </summary>
internal sealed class OpenTransfers(int most)
{
    private readonly Dictionary<Guid, (Transfer? Transfer, ulong Digest)> _known = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>Transfers that are known.</summary>
    public int Count => _known.Count;

    /// <summary>Those whose outcome is waited for, oldest first: what a snapshot of the state leaves to the journal.</summary>
    public IEnumerable<Transfer> Waiting => _order.Select(id => _known[id].Transfer).OfType<Transfer>();

    /// <summary>False when its id is known.</summary>
    public bool TryAdd(Transfer transfer)
    {
        if (_known.ContainsKey(transfer.Id)) return false;
        if (_known.Count == most) _known.Remove(_order.Dequeue());
        _known.Add(transfer.Id, (transfer, 0));
        _order.Enqueue(transfer.Id);
        return true;
    }

    /// <summary>Takes an outcome; gives its transfer when it is the first.</summary>
    public (OutcomeResult Result, Transfer? Transfer) Answer(Outcome outcome)
    {
        if (!_known.TryGetValue(outcome.Transfer, out var known)) return (OutcomeResult.Unknown, null);
        // Its transfer was waiting when the state was written, and has not been put back.
        if (known is { Transfer: null, Digest: 0 }) return (OutcomeResult.Unknown, null);
        var digest = OutcomeRules.Digest(outcome);
        if (known.Transfer is null) return (known.Digest == digest ? OutcomeResult.Repeated : OutcomeResult.Conflicting, null);
        _known[outcome.Transfer] = (null, digest);
        return (OutcomeResult.Counted, known.Transfer);
    }

    /// <summary>Puts back a transfer that was waiting when the state was written.</summary>
    /// <returns>False where no such transfer waits.</returns>
    public bool Restore(Transfer transfer)
    {
        if (!_known.TryGetValue(transfer.Id, out var known) || known.Digest != 0) return false;
        _known[transfer.Id] = (transfer, 0);
        return true;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_order.Count);
        foreach (var id in _order)
        {
            to.Write(id.ToByteArray());
            to.Write(_known[id].Digest);
        }
    }

    public void Read(BinaryReader from)
    {
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var id = new Guid(from.ReadBytes(16));
            _order.Enqueue(id);
            _known.Add(id, (null, from.ReadUInt64()));
        }
    }
}
