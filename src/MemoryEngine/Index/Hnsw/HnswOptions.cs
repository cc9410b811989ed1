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

    /// <summary>Told of every large block of memory: where the system has huge pages, it may ask for them. Takes address and bytes.</summary>
    public Action<nint, nint>? Advise { get; init; }

    /// <summary>The bits that measured best for a dimension (docs/benchmarks.md, Search).</summary>
    public static int BitsFor(int dimension) => dimension >= 768 ? 4 : 8;

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(M, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(M, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(EfConstruction, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (Bits is not (0 or 1 or 4 or 8)) throw new ArgumentOutOfRangeException(nameof(Bits), Bits, "A code has 8, 4 or 1 bits a dimension.");
    }
}
