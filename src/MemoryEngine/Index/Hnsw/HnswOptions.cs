namespace MemoryEngine.Index;

/// <summary>How a graph is built. The same options, vectors and kernel variant give the same graph, unless threads share the work.</summary>
internal sealed record HnswOptions
{
    /// <summary>Links that a node makes when it is inserted; it may get twice as many on the lowest level.</summary>
    public int M { get; init; } = 16;

    /// <summary>Candidates among which a node's neighbours are chosen.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>Threads that insert. With more than one the graph depends on their turns.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Bits a dimension of the codes that searches read: 8, 4 or 1; 0 leaves it to <see cref="BitsFor"/>.</summary>
    public int Bits { get; init; }

    /// <summary>
    /// A number of each row that stays with its vector when rows are renumbered, such as its record id: the levels are drawn
    /// from it, so that a merge draws those that a build draws. Empty takes the row's own number.
    /// </summary>
    public ReadOnlyMemory<long> Keys { get; init; }

    /// <summary>The part of a graph's nodes that may be gone for a merge to mend it; with more it builds anew.</summary>
    public double MostDropped { get; init; } = 0.3;

    /// <summary>Told of every large block of memory: where the system has huge pages, it may ask for them. Takes address and bytes.</summary>
    public Action<nint, nint>? Advise { get; init; }

    /// <summary>
    /// Called every few milliseconds of work, on every thread that works, which holds nothing then: it may sleep, so that
    /// others get the processor, or throw.
    /// </summary>
    public Action? Pause { get; init; }

    /// <summary>Looked at as often as <see cref="Pause"/> is called.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The bits that measured best for a dimension (docs/benchmarks.md, Search).</summary>
    public static int BitsFor(int dimension) => dimension >= 384 ? 4 : 8;

    /// <summary>The bits of the codes of such vectors.</summary>
    public int BitsOf(int dimension) => Bits == 0 ? BitsFor(dimension) : Bits;

    public void Validate(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(M, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(M, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(EfConstruction, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (Bits is not (0 or 1 or 4 or 8)) throw new ArgumentException($"A code has 8, 4 or 1 bits a dimension, not {Bits}.");
        if (Keys.Length != 0 && Keys.Length != rows) throw new ArgumentException($"There are {Keys.Length} keys for {rows} rows.");
    }
}
