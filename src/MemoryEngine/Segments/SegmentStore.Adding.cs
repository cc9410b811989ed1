using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Bringing vectors that rows got after their births into files. A segment that has none of the space yet gets a file beside
/// its others, unless the space is searched already; any other segment is written anew.
/// </summary>
internal sealed partial class SegmentStore
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Brings the added vectors of one segment's rows into files, with their graph; false when there are none.</summary>
    /// <exception cref="OperationCanceledException">Something more urgent came, or <paramref name="cancellation"/> did.</exception>
    public bool AbsorbOnce(CancellationToken cancellation)
    {
        lock (_merging)
        {
            _merge.Token.ThrowIfCancellationRequested();
            return Absorb(withGraphs: true, cancellation);
        }
    }

    /// <summary>
    /// Brings all added vectors of rows of segments into files: a manifest stands for what the journal says before it. For the applier.
    /// </summary>
    public void AbsorbAll()
    {
        if (table.Parts.Current.Added.IsEmpty) return;
        _ = InsteadOfMerging(() =>
        {
            while (Absorb(withGraphs: false, CancellationToken.None))
            {
                // Until no segment has any.
            }
            return true;
        });
    }

    private bool Absorb(bool withGraphs, CancellationToken cancellation)
    {
        var parts = table.Parts.Current;
        foreach (var segment in parts.Segments)
        {
            var spaces = parts.Added.SpacesIn(segment.FirstRow, segment.EndRow).ToList();
            if (spaces.Count == 0) continue;
            if (spaces is [var only] && segment.Vectors(only) is null && table.Spaces.Find(only) is { } space && space != table.Spaces.Text)
            {
                AddBeside(segment, space, parts, withGraphs, cancellation);
            }
            else
            {
                WriteAndReplace(segment.FirstRow, segment.Rows, written => TakeGraphs(segment, written, withGraphs, cancellation));
            }
            return true;
        }
        return false;
    }

    private void AddBeside(Segment segment, SpaceEntry space, SearchParts parts, bool withGraph, CancellationToken cancellation)
    {
        var rows = Enumerable.Range(segment.FirstRow, segment.Rows)
            .Where(row => parts.Added.Has(space.Id, row) && !table.IsErased(row)).ToList();
        // All of them may have been erased in this moment.
        if (rows.Count > 0) Grow(segment, space, rows, row => parts.Added.TryFind(space.Id, row, out var vector)
            ? vector
            : throw new InvalidOperationException($"Row {row} has lost its vector."), withGraph, cancellation);
        table.Parts.ForgetHeld();
    }

    // What has not changed keeps its graph; a graph over some of the vectors is a beginning.
    private void TakeGraphs(Segment before, Segment written, bool makeOthers, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _merge.Token);
        foreach (var vectors in written.All.Where(_graphs.IsMissing))
        {
            var old = before.Vectors(vectors.Info.Space);
            var isSame = old is { Info.GraphLength: > 0 } && old.Count == vectors.Count;
            if (isSame && CopyGraph(before.Number, written.Number, vectors.Info.Space) is var bytes and > 0
                && _graphs.TryLoad(vectors, written.Number, bytes)) continue;
            if (makeOthers) _graphs.Provide(vectors, written.Number, old, either.Token);
        }
    }

    // Returns how many bytes it has; 0 when it is not there.
    private long CopyGraph(int from, int to, int space)
    {
        var source = SegmentFiles.GraphPathOf(directory, from, space);
        if (!files.FileExists(source)) return 0;
        return WholeFile.Write(files, SegmentFiles.GraphPathOf(directory, to, space), temporary =>
        {
            using var read = files.Open(source, FileOpening.Read);
            using var write = files.Open(temporary, FileOpening.CreateNew);
            var buffer = new byte[CopyBytes];
            var at = 0L;
            for (int count; (count = read.Read(at, buffer)) > 0; at += count) write.Write(at, buffer.AsSpan(0, count));
            write.Sync();
            return at;
        });
    }
}
