using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Putting what was learned in the place of what served before. New rows get the new vectors as they come, segments one after
/// the other, with their graphs; only when all have them do searches turn to them, so no answer is ever of half a pool.
/// </summary>
internal sealed partial class SegmentStore
{
    /// <summary>Writes a model into its file. From the next step of the applier on it grows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learnedAt">How many memories were live when it was learned.</param>
    public LearnedSpace Keep(LearnedVectors model, long learnedAt)
    {
        var form = LearnedForm.Write(model);
        var learned = LearnedSpace.Of(model, table.Spaces.NextLearned, learnedAt, form);
        EnsureDirectory();
        using var underWay = Begin(null);
        _ = WholeFile.Write(files, SegmentFiles.ModelPathOf(directory, underWay.Number), temporary =>
        {
            using var file = files.Open(temporary, FileOpening.CreateNew);
            file.Write(0, form);
            file.Sync();
            return form.Length;
        });
        return learned with { File = new LearnedInfo(underWay.Number, learned.Entry.Id, learned.Entry.Revision, learnedAt) };
    }

    /// <summary>Reads the model that a manifest names.</summary>
    /// <exception cref="CorruptionException">It is not the one.</exception>
    public static LearnedSpace Load(IFileSystem files, string directory, LearnedInfo info)
    {
        var path = SegmentFiles.ModelPathOf(directory, info.Number);
        using var file = files.Open(path, FileOpening.Read);
        var form = new byte[file.Length];
        var read = file.Read(0, form);
        var learned = LearnedSpace.Of(LearnedForm.Read(form.AsSpan(0, read), path), info.Space, info.LearnedAt, form) with { File = info };
        return learned.Entry.Revision == info.Revision
            ? learned
            : throw new CorruptionException(path, 0, $"the model {info.Revision:x8}", $"model {learned.Entry.Revision:x8}");
    }

    /// <summary>Gives one segment the vectors of the growing space; false when none lacks them.</summary>
    /// <param name="growing">The growing space.</param>
    /// <param name="embed">Writes the vector of a row; zeros where the model knows nothing of it.</param>
    /// <param name="cancellation">Ends it.</param>
    public bool GrowOnce(LearnedSpace growing, Action<int, float[]> embed, CancellationToken cancellation)
    {
        lock (_merging)
        {
            foreach (var segment in table.Parts.Current.Segments)
            {
                if (segment.Vectors(growing.Entry.Id) is not null) continue;
                var rows = Enumerable.Range(segment.FirstRow, segment.Rows).Where(row => !table.IsErased(row)).ToList();
                if (rows.Count == 0) continue;
                var vector = new float[growing.Entry.Space.Dimension];
                Grow(segment, growing.Entry, rows, row =>
                {
                    embed(row, vector);
                    return vector;
                }, withGraph: true, cancellation);
                return true;
            }
            return false;
        }
    }

    /// <summary>Lets go of the vectors of a space that serves no more, or never will.</summary>
    public void Drop(int space) => InsteadOfMerging(() =>
    {
        // What is being sealed just now still has them.
        lock (_sealing) table.Parts.Drop(space);
        return true;
    });

    private void Grow(
        Segment segment, SpaceEntry space, List<int> rows, VectorOf vectorOf, bool withGraph, CancellationToken cancellation)
    {
        using var underWay = Begin(segment.Number);
        // What an attempt before has left.
        files.Delete(SegmentFiles.GraphPathOf(directory, segment.Number, space.Id));
        var info = SegmentWriter.WriteVectors(files, directory, poolId, segment.Info, space, rows, row =>
        {
            cancellation.ThrowIfCancellationRequested();
            return vectorOf(row);
        });
        var vectors = SegmentVectors.Open(
            files, SegmentFiles.VectorsPathOf(directory, segment.Number, space.Id), poolId, segment.Info, info!.Value, space.Space);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _merge.Token);
            if (withGraph && _graphs.IsMissing(vectors)) _graphs.Provide(vectors, segment.Number, null, either.Token);
            _ = segment.Set(space.Id, vectors);
        }
        catch
        {
            vectors.Dispose();
            throw;
        }
    }
}
