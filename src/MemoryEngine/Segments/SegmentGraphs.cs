using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Makes and loads the graphs over the vectors of segments. A graph that does not pass <see cref="SealGate"/> is not used: its
/// vectors are compared one by one, which is slower and right.
/// </summary>
internal sealed class SegmentGraphs(IFileSystem files, string directory, SegmentLimits limits, Action pause)
{
    /// <summary>Of the ten nearest of a sample, what a graph finds at least. Builds find 0.97 and more.</summary>
    private const double LeastRecall = 0.9;

    /// <summary>Whether vectors are so many that they should have a graph, and have none.</summary>
    public bool IsMissing(SegmentVectors vectors) => vectors is { Index: null, IsRefused: false } && vectors.Count >= limits.GraphVectors;

    /// <summary>Gives vectors their graph: the one in their file, or a new one, begun with that of a part of them.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="number">Their segment's number.</param>
    /// <param name="part">The largest part of them that has a graph, whose rows are among theirs.</param>
    /// <param name="cancellation">Ends it without a graph.</param>
    /// <exception cref="MemoryEngineException">The disk refuses, or the vectors are damaged.</exception>
    public void Provide(SegmentVectors vectors, int number, SegmentVectors? part, CancellationToken cancellation)
    {
        if (vectors.Info.GraphLength > 0 && TryLoad(vectors, number, vectors.Info.GraphLength)) return;
        // A graph over damaged vectors would hide the damage.
        vectors.Verify();
        var index = part?.Index is { } begun ? Merge(vectors, part, begun, cancellation) : null;
        if (index is not null && SealGate.Judge(index, LeastRecall, cancellation).Problem is not null)
        {
            index.Dispose();
            index = null;
        }
        index ??= HnswIndex.Build(vectors.Rows, OptionsFor(vectors, cancellation));
        if (SealGate.Judge(index, LeastRecall, cancellation).Problem is not null)
        {
            index.Dispose();
            vectors.Refuse();
            return;
        }
        try
        {
            var path = SegmentFiles.GraphPathOf(directory, number, vectors.Info.Space);
            vectors.Attach(index, WholeFile.Write(files, path, temporary => GraphFile.Write(files, temporary, index.Graph)));
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private HnswIndex Merge(SegmentVectors vectors, SegmentVectors part, HnswIndex begun, CancellationToken cancellation)
    {
        var newRows = new int[part.Count];
        var (of, to) = (part.Numbers, vectors.Numbers);
        var at = 0;
        for (var i = 0; i < newRows.Length; i++)
        {
            while (at < vectors.Count && to[at] < of[i]) at++;
            newRows[i] = at < vectors.Count && to[at] == of[i] ? at : -1;
        }
        return HnswIndex.Merge(begun.Graph, newRows, vectors.Rows, OptionsFor(vectors, cancellation));
    }

    private HnswOptions OptionsFor(SegmentVectors vectors, CancellationToken cancellation)
    {
        var (keys, numbers) = (new long[vectors.Count], vectors.Numbers);
        for (var i = 0; i < keys.Length; i++) keys[i] = numbers[i] + 1L;
        return new HnswOptions { Keys = keys, Advise = HugePages.Advise, Pause = pause, Cancellation = cancellation };
    }

    /// <summary>Takes the graph that lies in its file. What is wrong with it costs time alone.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="number">Their segment's number.</param>
    /// <param name="bytes">The file's length.</param>
    public bool TryLoad(SegmentVectors vectors, int number, long bytes)
    {
        var path = SegmentFiles.GraphPathOf(directory, number, vectors.Info.Space);
        try
        {
            var graph = GraphFile.Read(files, path, HugePages.Advise);
            var fits = graph.Shape.Count == vectors.Count && graph.Shape.Dimension == vectors.Space.Dimension
                && graph.Coder.Metric == vectors.Space.Metric;
            if (!fits)
            {
                graph.Dispose();
                return false;
            }
            var index = HnswIndex.Over(graph, vectors.Rows);
            // Compiled here, its first searches are as fast as the later ones.
            index.WarmUp();
            vectors.Attach(index, bytes);
            return true;
        }
        catch (MemoryEngineException e) when (e.Code is ErrorCode.Corruption or ErrorCode.Storage)
        {
            return false;
        }
    }
}
