namespace MemoryEngine.Evidence.State;

/// <summary>
/// Transfers that an outcome may name. Those that have one are kept as a number that says which, so that the same one may come again;
/// of those that wait, the newest are kept whole and the others are read again when their outcome comes. Of too many the oldest are
/// forgotten, answered or not.
/// </summary>
internal sealed class OpenTransfers(int most, int mostWhole)
{
    // With eight memories left out beside three handed over it takes some 600; of larger ones fewer are kept.
    private const int UsualBytes = 1024;

    private readonly Dictionary<Guid, Known> _known = [];
    private readonly Queue<Guid> _order = new();
    private readonly Queue<Guid> _whole = new();
    private readonly ByteRing _packed = new(mostWhole * UsualBytes);

    /// <summary>Reads a transfer that waits and is not kept whole; null where its candidates are no longer kept.</summary>
    public Func<Guid, Transfer?>? Load { get; set; }

    /// <summary>
    /// How one that waits is made bytes, valid until the next one is, and read again; null keeps it as it is. Each has some forty objects,
    /// and thousands of such were what a collection of garbage was busy with.
    /// </summary>
    public (Func<Transfer, ReadOnlyMemory<byte>> Pack, Func<ReadOnlyMemory<byte>, Transfer?> Unpack)? Packing { get; set; }

    /// <summary>Transfers that are known.</summary>
    public int Count => _known.Count;

    /// <summary>How many were known once and are not any more.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The one that has been known for longest.</summary>
    public Guid? Oldest => _order.TryPeek(out var id) ? id : null;

    /// <summary>Whether there was such a transfer, as far as is known.</summary>
    public bool Contains(Guid transfer) => _known.ContainsKey(transfer);

    /// <summary>Whether it is known and has no outcome yet.</summary>
    public bool IsWaiting(Guid transfer) => _known.TryGetValue(transfer, out var known) && known.Digest == 0;

    /// <summary>False when its id is known.</summary>
    public bool TryAdd(Transfer transfer)
    {
        if (_known.ContainsKey(transfer.Id)) return false;
        if (_known.Count == most)
        {
            _known.Remove(_order.Dequeue());
            Forgotten++;
        }
        _known.Add(
            transfer.Id,
            Packing is { } packing ? new Known(null, _packed.Add(packing.Pack(transfer).Span), 0) : new Known(transfer, default, 0));
        _order.Enqueue(transfer.Id);
        if (Load is null) return true;
        _whole.Enqueue(transfer.Id);
        if (_whole.Count > mostWhole) LetGo(_whole.Dequeue());
        return true;
    }

    /// <summary>Keeps a waiting transfer no longer whole: it is read again, or its candidates are gone.</summary>
    public void LetGo(Guid transfer)
    {
        if (_known.TryGetValue(transfer, out var known)) _known[transfer] = new Known(null, default, known.Digest);
    }

    /// <summary>What an outcome would be answered with, changing nothing; and its transfer when it would be the first.</summary>
    public (OutcomeResult Result, Transfer? Transfer) Look(Outcome outcome)
    {
        if (!_known.TryGetValue(outcome.Transfer, out var known)) return (OutcomeResult.Unknown, null);
        if (known.Digest != 0)
            return (known.Digest == OutcomeRules.Digest(outcome) ? OutcomeResult.Repeated : OutcomeResult.Conflicting, null);
        var packed = _packed.Find(known.Packed);
        var transfer = known.Whole ?? (packed.Length > 0 ? Packing!.Value.Unpack(packed) : Load?.Invoke(outcome.Transfer));
        return (transfer is null ? OutcomeResult.Unknown : OutcomeResult.Counted, transfer);
    }

    /// <summary>Takes an outcome; gives its transfer when it is the first.</summary>
    public (OutcomeResult Result, Transfer? Transfer) Answer(Outcome outcome)
    {
        var answer = Look(outcome);
        if (answer.Transfer is not null) _known[outcome.Transfer] = new Known(null, default, OutcomeRules.Digest(outcome));
        return answer;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(Forgotten);
        to.Write(_order.Count);
        foreach (var id in _order)
        {
            to.Write(id.ToByteArray());
            to.Write(_known[id].Digest);
        }
    }

    public void Read(BinaryReader from)
    {
        Forgotten = from.ReadInt64();
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var id = new Guid(from.ReadBytes(16));
            _order.Enqueue(id);
            _known.Add(id, new Known(null, default, from.ReadUInt64()));
        }
    }

    /// <summary>A transfer that waits, in either form or in none, or what tells its outcome from another.</summary>
    private readonly record struct Known(Transfer? Whole, RingPlace Packed, ulong Digest);
}
