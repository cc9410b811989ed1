using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>An index in the comparison.</summary>
internal abstract unsafe class Contender(string name)
{
    public string Name => name;

    public double BuildCpuSeconds { get; protected set; }

    public long Bytes { get; protected set; }

    /// <summary>Between codes, in all searches so far; 0 where it is not known.</summary>
    public long Distances { get; protected set; }

    /// <summary>Between floats, likewise.</summary>
    public long FloatDistances { get; protected set; }

    /// <summary>Values of ef from below a recall of 0.95 to beyond 0.99, on most data.</summary>
    public virtual int[] Efs => [10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 480];

    /// <summary>Whether an earlier run built it: then its time is not known.</summary>
    public bool IsFromFile { get; protected set; }

    /// <summary>The ten nearest of every query, one behind the other.</summary>
    public abstract void Search(DataSet set, int queries, int ef, long* ids);
}

internal sealed unsafe class Ours : Contender
{
    private readonly HnswIndex _index;

    public Ours(DataSet set, HnswOptions options, string? keep)
        : base("memengine")
    {
        var before = Cpu.Seconds();
        _index = KeptGraphs.Of(set, options, keep, out var isFromFile);
        (BuildCpuSeconds, IsFromFile) = (Cpu.Seconds() - before, isFromFile);
        Bytes = _index.Bytes;
    }

    public override void Search(DataSet set, int queries, int ef, long* ids)
    {
        Span<Hit> hits = stackalloc Hit[DataSet.K];
        for (var i = 0; i < queries; i++)
        {
            var found = _index.Search(set.Query(i), ef, hits, out var cost);
            Distances += cost.CodeDistances;
            FloatDistances += cost.FloatDistances;
            for (var j = 0; j < DataSet.K; j++) ids[(i * DataSet.K) + j] = j < found ? hits[j].Row : -1;
        }
    }
}

internal sealed unsafe class Peer : Contender
{
    private readonly PeerLibrary _library;
    private readonly nint _peer;

    public Peer(PeerLibrary library, int kind, string name, DataSet set, HnswOptions options, string? keep)
        : base(name)
    {
        _library = library;
        var before = Cpu.Seconds();
        var kept = keep is null ? null : Path.Combine(keep, $"{set.Name}-{set.Rows.Count}-{kind}");
        IsFromFile = File.Exists(kept);
        _peer = library.Build(
            kind, set.Rows[0], set.Rows.Count, set.Rows.Dimension, set.Rows.Metric == Metric.L2, options.M, options.EfConstruction, kept);
        BuildCpuSeconds = IsFromFile ? double.NaN : Cpu.Seconds() - before;
        Bytes = library.Bytes(_peer);
    }

    public override void Search(DataSet set, int queries, int ef, long* ids) =>
        _library.Search(_peer, set.Queries[0], queries, set.Rows.Dimension, ef, DataSet.K, ids);
}
