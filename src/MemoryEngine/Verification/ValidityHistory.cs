namespace MemoryEngine.Verification;

/// <summary>
/// What verification has said about memories, as far as it changed: the newest entries of the memories seen lately. A fixed number of
/// slots and no locks; of two threads that note at once, one may be lost.
/// </summary>
internal sealed class ValidityHistory(int slots = 1 << 12)
{
    private const int Kept = 16;
    private readonly Log?[] _slots = new Log?[slots];

    public void Note(Guid id, int version, string targetDomain, MemoryVerdict verdict, TimeProvider clock)
    {
        ref var slot = ref _slots[SlotOf(id)];
        var log = Volatile.Read(ref slot);
        var known = log is not null && log.Id == id ? log.Entries : [];
        // The newest about this version and domain stands as long as nothing else is said.
        for (var i = known.Length - 1; i >= 0; i--)
        {
            if (known[i].Version != version || known[i].TargetDomain != targetDomain) continue;
            if (ReferenceEquals(known[i].Verdict, verdict)) return;
            break;
        }
        var entry = new ValidityEntry(clock.GetUtcNow(), version, targetDomain, verdict);
        Interlocked.CompareExchange(ref slot, new Log(id, [.. known.TakeLast(Kept - 1), entry]), log);
    }

    /// <summary>Oldest first; empty for a memory that was not verified lately.</summary>
    public IReadOnlyList<ValidityEntry> Of(Guid id) => Volatile.Read(ref _slots[SlotOf(id)]) is { } log && log.Id == id ? log.Entries : [];

    private int SlotOf(Guid id) => id.GetHashCode() & (_slots.Length - 1);

    private sealed record Log(Guid Id, ValidityEntry[] Entries);
}
