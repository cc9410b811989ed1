using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// What one search needs beside the graph: its pool, the neighbours at hand, the marks of visited nodes, the query's codes.
/// Kept and used again, so that a query allocates nothing. One thread at a time.
/// </summary>
internal sealed unsafe class SearchScratch : IDisposable
{
    private readonly NativeBlock _visitedBlock;
    private readonly NativeBlock _block;
    private readonly int _nodes;
    private NativeBlock _poolBlock;
    private int _poolLimit;
    private ushort _epoch;

    public SearchScratch(int nodes, int maximalDegree, int queryBytes, int dimension, Action<nint, nint>? advise = null)
    {
        _nodes = nodes;
        _visitedBlock = new NativeBlock((nint)nodes * sizeof(ushort), advise);
        Visited = (ushort*)_visitedBlock.First;
        // Room for the neighbours of a node and of one more.
        var batch = ((2 * maximalDegree) + 32) & ~15;
        _block = new NativeBlock((batch * ((2 * sizeof(int)) + sizeof(long))) + ((queryBytes + 127) & ~63) + (dimension * sizeof(float)));
        BatchKeys = (long*)_block.First;
        Batch = (int*)(BatchKeys + batch);
        Others = Batch + batch;
        QueryCode = (sbyte*)(Others + batch);
        Query = (float*)(QueryCode + ((queryBytes + 63) & ~63));
        _poolLimit = 64;
        _poolBlock = new NativeBlock(CandidatePool.BytesFor(_poolLimit));
        Pool = new CandidatePool(_poolBlock.First);
    }

    public CandidatePool Pool;

    public CodeQuery CodeQuery;

    /// <summary>Distances between codes computed since the last <see cref="Begin"/>.</summary>
    public long Distances;

    public ushort* Visited { get; }

    /// <summary>Neighbours looked at by a walk from match to match since the last <see cref="Begin"/>.</summary>
    public int Looks;

    /// <summary>Those of them that matched.</summary>
    public int Matches;

    public int* Batch { get; }

    /// <summary>Neighbours at hand that do not match.</summary>
    public int* Others { get; }

    public long* BatchKeys { get; }

    public sbyte* QueryCode { get; }

    /// <summary>The query as floats, of unit length for cosine.</summary>
    public float* Query { get; }

    public ushort Epoch => _epoch;

    /// <summary>Empties the pool, makes it so large, and forgets what was visited.</summary>
    public void Begin(int limit)
    {
        if (limit > _poolLimit)
        {
            _poolBlock.Dispose();
            _poolLimit = limit;
            _poolBlock = new NativeBlock(CandidatePool.BytesFor(limit));
            Pool = new CandidatePool(_poolBlock.First);
        }
        Pool.Reset(limit);
        (Distances, Looks, Matches) = (0, 0, 0);
        Forget();
    }

    /// <summary>Marks are the number of the search, so that nothing has to be cleared for 65,535 searches.</summary>
    public void Forget()
    {
        if (++_epoch != 0) return;
        new Span<ushort>(Visited, _nodes).Clear();
        _epoch = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsVisited(int node) => Visited[node] == _epoch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Visit(int node)
    {
        if (Visited[node] == _epoch) return false;
        Visited[node] = _epoch;
        return true;
    }

    public void Dispose()
    {
        _visitedBlock.Dispose();
        _block.Dispose();
        _poolBlock.Dispose();
    }
}
