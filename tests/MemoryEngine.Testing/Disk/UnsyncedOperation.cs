namespace MemoryEngine.Testing;

/// <summary>
/// One thing that was handed to the disk and not yet synced: it may or may not be there after a power loss.
/// Sequence numbers run over the whole file system, in the order in which the operations happened.
/// </summary>
internal abstract record UnsyncedOperation(long Sequence);

/// <summary>A change to the bytes or the length of one file; a sync of the file makes it durable.</summary>
internal abstract record DataOperation(long Sequence, SimulatedNode Node) : UnsyncedOperation(Sequence)
{
    public abstract void ApplyTo(SparseBytes content);
}

internal sealed record WriteOperation(long Sequence, SimulatedNode Node, long Offset, ReadOnlyMemory<byte> Data)
    : DataOperation(Sequence, Node)
{
    private const int SectorSizeBytes = 512;

    public override void ApplyTo(SparseBytes content) => content.Write(Offset, Data.Span);

    /// <summary>
    /// What a device might have done of this write before the power went: a random subset of its 512-byte sectors.
    /// The new length may have reached the device before the bytes did.
    /// </summary>
    public IEnumerable<DataOperation> Tear(Random random)
    {
        var end = Offset + Data.Length;
        for (var from = Offset; from < end;)
        {
            var to = Math.Min(end, (from / SectorSizeBytes + 1) * SectorSizeBytes);
            if (random.Next(2) == 0)
                yield return this with { Offset = from, Data = Data[(int)(from - Offset)..(int)(to - Offset)] };
            from = to;
        }
        if (random.Next(2) == 0) yield return new GrowOperation(Sequence, Node, end);
    }
}

/// <summary>The length of a torn write, without its bytes.</summary>
internal sealed record GrowOperation(long Sequence, SimulatedNode Node, long Length) : DataOperation(Sequence, Node)
{
    public override void ApplyTo(SparseBytes content) => content.SetLength(Math.Max(content.Length, Length));
}

internal sealed record ReserveOperation(long Sequence, SimulatedNode Node, long From, long To) : DataOperation(Sequence, Node)
{
    public override void ApplyTo(SparseBytes content) => content.Reserve(From, To);
}

internal sealed record SetLengthOperation(long Sequence, SimulatedNode Node, long Length) : DataOperation(Sequence, Node)
{
    public override void ApplyTo(SparseBytes content) => content.SetLength(Length);
}

/// <summary>
/// A change of names, done as a whole or not at all; a sync of a directory it touches makes it durable.
/// <see cref="From"/> is null for a creation, <see cref="To"/> for a deletion, neither for a rename.
/// </summary>
internal sealed record NameOperation(long Sequence, SimulatedNode Node, string? From, string? To) : UnsyncedOperation(Sequence)
{
    public IEnumerable<string> Directories()
    {
        if (From is not null) yield return Path.GetDirectoryName(From)!;
        if (To is not null) yield return Path.GetDirectoryName(To)!;
    }
}
