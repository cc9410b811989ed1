namespace MemoryEngine.Testing;

/// <summary>
/// Says which of the unsynced operations a disk still has after the power failed. The same choice over the same
/// operations gives the same disk, and its text names the choice, seed included.
/// </summary>
internal sealed class PowerLoss
{
    private readonly string _text;
    private readonly Func<IReadOnlyList<UnsyncedOperation>, IEnumerable<UnsyncedOperation>> _survivors;

    private PowerLoss(string text, Func<IReadOnlyList<UnsyncedOperation>, IEnumerable<UnsyncedOperation>> survivors)
    {
        _text = text;
        _survivors = survivors;
    }

    public static PowerLoss LoseAll { get; } = new("LoseAll", _ => []);

    public static PowerLoss KeepAll { get; } = new("KeepAll", operations => operations);

    /// <summary>The first operations, in the order in which they happened, and no other.</summary>
    public static PowerLoss Prefix(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new($"Prefix({count})", operations => operations.Take(count));
    }

    /// <summary>The first operations, and some sectors of the write that came next.</summary>
    public static PowerLoss TornPrefix(int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(
            $"TornPrefix({count}, seed {seed})",
            operations =>
            {
                var next = operations.Skip(count).Take(1).OfType<WriteOperation>();
                return operations.Take(count).Concat(next.SelectMany(write => write.Tear(new Random(seed))));
            });
    }

    /// <summary>Any subset, independently per operation; any of the writes may be torn.</summary>
    public static PowerLoss Random(int seed) => new($"Random(seed {seed})", operations => Some(operations, new Random(seed)));

    public IReadOnlyList<UnsyncedOperation> Survivors(IReadOnlyList<UnsyncedOperation> operations) => [.. _survivors(operations)];

    public override string ToString() => _text;

    private static IEnumerable<UnsyncedOperation> Some(IReadOnlyList<UnsyncedOperation> operations, Random random)
    {
        // Drawn once per disk, so that nearly everything lost and nearly everything kept both come up.
        var keep = random.NextDouble();
        var tear = random.NextDouble() / 2;
        foreach (var operation in operations)
        {
            if (operation is WriteOperation write && random.NextDouble() < tear)
            {
                foreach (var sector in write.Tear(random)) yield return sector;
                continue;
            }
            if (random.NextDouble() < keep) yield return operation;
        }
    }
}
