namespace MemoryEngine.Index;

/// <summary>
/// The scratches of an index's searches. As many are kept as there are processors to search on; a search beyond them makes
/// one for itself.
/// </summary>
internal sealed class ScratchPool(HnswGraph graph) : IDisposable
{
    private readonly SearchScratch?[] _free = new SearchScratch?[Environment.ProcessorCount + 2];

    public SearchScratch Rent()
    {
        for (var i = 0; i < _free.Length; i++)
            if (_free[i] is not null && Interlocked.Exchange(ref _free[i], null) is { } free) return free;
        return new SearchScratch(graph.Shape.Count, 2 * graph.Shape.M, graph.Coder.QueryBytes, graph.Shape.Dimension);
    }

    public void Return(SearchScratch scratch)
    {
        for (var i = 0; i < _free.Length; i++)
            if (_free[i] is null && Interlocked.CompareExchange(ref _free[i], scratch, null) is null) return;
        scratch.Dispose();
    }

    public void Dispose()
    {
        for (var i = 0; i < _free.Length; i++) Interlocked.Exchange(ref _free[i], null)?.Dispose();
    }
}
