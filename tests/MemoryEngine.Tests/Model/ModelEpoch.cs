using System.Collections.Concurrent;

namespace MemoryEngine.Tests.Model;

/// <summary>
/// A store from its opening to its end, with the oracle of every moment that readers may have seen of it, by sequence.
/// What a power loss takes back, another epoch gives other sequences' meaning to.
/// </summary>
internal sealed class ModelEpoch(MemoryStore store)
{
    private readonly ConcurrentDictionary<long, Oracle> _moments = new();

    private int _purges;
    private int _compactions;
    private int _underWay;

    public MemoryStore Store { get; } = store;

    /// <summary>Changes whenever something may have been taken out of the views that readers without a hold are in.</summary>
    public (int Purges, int Compactions, int UnderWay) Removals =>
        (Volatile.Read(ref _purges), Volatile.Read(ref _compactions), Volatile.Read(ref _underWay));

    public void BeginRemoval(bool isPurge)
    {
        Interlocked.Increment(ref isPurge ? ref _purges : ref _compactions);
        Interlocked.Increment(ref _underWay);
    }

    public void EndRemoval() => Interlocked.Decrement(ref _underWay);

    public void Note(long sequence, Oracle oracle) => _moments[sequence] = oracle;

    public Oracle At(long sequence) => _moments.TryGetValue(sequence, out var oracle)
        ? oracle
        : throw new InvalidOperationException($"Sequence {sequence} was seen, at which no operation ended.");

    /// <summary>Every moment between two sequences, both included.</summary>
    public IEnumerable<Oracle> Between(long first, long last) =>
        _moments.Where(m => m.Key >= first && m.Key <= last).OrderBy(m => m.Key).Select(m => m.Value);
}
