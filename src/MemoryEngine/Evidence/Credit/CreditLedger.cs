namespace MemoryEngine.Evidence.Credit;

/// <summary>A credit: what one task showed about the worth of one memory version.</summary>
/// <param name="Transfer">The transfer that it comes from; each memory gets one credit of it.</param>
/// <param name="Memory">The memory.</param>
/// <param name="Version">Its version.</param>
/// <param name="Contributor">Whom it comes from; empty where nobody is stated.</param>
/// <param name="Passes">Passed tasks that it is worth by this task alone: mostly chance, and right on average.</param>
internal readonly record struct MemoryCredit(Guid Transfer, Guid Memory, int Version, string Contributor, double Passes);

/// <summary>
/// Who gave what is worth having: credits by memory version and by contributor, only ever added to, each from a task for which chance
/// decided whether the memory was handed over. So a credit cannot be earned by being handed over a lot, nor by easy tasks.
/// </summary>
/// <remarks>
/// A credit is (A - π)(Y - ŷ) / (1 - π), whose mean is π times the memory's effect: the passes that it gained, on average, at that
/// task (Horvitz and Thompson 1952). The value cycle of Holos (arXiv 2604.02334) is what it serves.
/// </remarks>
internal sealed class CreditLedger
{
    /// <summary>The most by which credit moves a score, up or down.</summary>
    public const double LargestInfluence = 0.1;

    /// <summary>Credits without which a contributor moves nothing: whoever begins anew, begins in the middle.</summary>
    private const double NeutralCredits = 200;

    /// <summary>A mean credit of five points for each hundred appearances has half of the largest influence.</summary>
    private const double HalfInfluence = 0.05;

    private readonly Dictionary<(Guid Memory, int Version), (double Passes, long Count)> _memories = [];
    private readonly Dictionary<string, (double Passes, long Count)> _contributors = new(StringComparer.Ordinal);

    /// <summary>Credits so far.</summary>
    public long Count { get; private set; }

    /// <summary>What one task showed.</summary>
    /// <param name="outcome">0 to 1.</param>
    /// <param name="expected">What was expected of it.</param>
    /// <param name="included">Whether the memory was handed over.</param>
    /// <param name="probability">The probability of that, above 0 and below 1.</param>
    public static double Worth(double outcome, double expected, bool included, double probability) =>
        ((included ? 1 : 0) - probability) * (outcome - expected) / (1 - probability);

    /// <summary>Adds a credit. None is ever taken back: what turns out worse gets negative ones.</summary>
    public void Add(MemoryCredit credit)
    {
        if (!double.IsFinite(credit.Passes)) throw new ArgumentOutOfRangeException(nameof(credit), credit.Passes, "A credit is a number.");
        Count++;
        var key = (credit.Memory, credit.Version);
        _memories[key] = Plus(_memories.GetValueOrDefault(key), credit.Passes);
        _contributors[credit.Contributor] = Plus(_contributors.GetValueOrDefault(credit.Contributor), credit.Passes);
    }

    /// <summary>Passes that a memory version has gained, and over how many tasks.</summary>
    public (double Passes, long Tasks) Of(Guid memory, int version) => _memories.GetValueOrDefault((memory, version));

    /// <summary>Passes that a contributor's memories have gained, and over how many tasks.</summary>
    public (double Passes, long Tasks) Of(string contributor) => _contributors.GetValueOrDefault(contributor);

    /// <summary>By name.</summary>
    public IEnumerable<(string Contributor, double Passes, long Tasks)> Contributors() =>
        _contributors.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value.Passes, c.Value.Count));

    /// <summary>
    /// By what the score of a contributor's memory is multiplied: 0.9 to 1.1, and 1 for whom nothing is known. Never so much that
    /// credit would stand in for relevance, and never a reason to remove.
    /// </summary>
    public double Influence(string contributor)
    {
        var (passes, count) = Of(contributor);
        var mean = passes / (count + NeutralCredits);
        return 1 + (LargestInfluence * mean / (HalfInfluence + Math.Abs(mean)));
    }

    /// <summary>Writes all sums; the same ledger gives the same bytes.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write(Count);
        to.Write(_memories.Count);
        foreach (var ((memory, version), (passes, count)) in _memories.OrderBy(m => m.Key))
        {
            to.Write(memory.ToByteArray());
            to.Write(version);
            to.Write(passes);
            to.Write(count);
        }
        to.Write(_contributors.Count);
        foreach (var (contributor, passes, count) in Contributors())
        {
            to.Write(contributor);
            to.Write(passes);
            to.Write(count);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, into a fresh ledger.</summary>
    public void Read(BinaryReader from)
    {
        Count = from.ReadInt64();
        for (var left = from.ReadInt32(); left > 0; left--)
            _memories.Add((new Guid(from.ReadBytes(16)), from.ReadInt32()), (from.ReadDouble(), from.ReadInt64()));
        for (var left = from.ReadInt32(); left > 0; left--) _contributors.Add(from.ReadString(), (from.ReadDouble(), from.ReadInt64()));
    }

    private static (double Passes, long Count) Plus((double Passes, long Count) sum, double passes) => (sum.Passes + passes, sum.Count + 1);
}
