using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// What becomes of a segment that turns out to be damaged while it is searched: its rows are made again from the journal, and
/// whoever met the damage searches again. Until they are written anew they are in memory.
/// </summary>
internal sealed class SegmentMending(Pool pool)
{
    private readonly Lock _turn = new();
    private long _mended;

    /// <summary>Whether anything was mended.</summary>
    public bool HasMended => Volatile.Read(ref _mended) > 0;

    /// <summary>Puts right what a search of <paramref name="parts"/> met; false when it is no segment's file.</summary>
    /// <exception cref="CorruptionException">The journal is damaged too.</exception>
    public bool TryMend(CorruptionException damage, SearchParts parts)
    {
        lock (_turn)
        {
            // Someone else met it first.
            if (pool.Table.Parts.Current != parts) return true;
            var damaged = Array.Find(parts.Segments, s => s.Path == damage.File || s.All.Any(v => v.Path == damage.File));
            if (damaged is null) return false;
            var rows = Make(damaged);
            if (pool.TryMend(damaged, rows, LaterVectors(damaged), Tell))
            {
                // Those that were purged while it was made were not told to it.
                for (var row = damaged.FirstRow; row < damaged.EndRow; row++) if (pool.Table.IsErased(row)) rows.Erase(row);
                pool.WakeWorker();
            }
            return true;

            // Before anybody can have an answer from the rows: the thread that mends is in no hurry, and may stand still right after.
            void Tell()
            {
                Interlocked.Increment(ref _mended);
                pool.Note($"{damage.Message} Its {damaged.Rows} memories were read from the journal instead; nothing is lost.");
            }
        }
    }

    // The vectors that rows got after their births stand anywhere behind these in the journal, so it is read to its end.
    private List<LaterVector> LaterVectors(Segment damaged)
    {
        var (table, later) = (pool.Table, new List<LaterVector>());
        if (!table.HasLaterVectors) return later;
        _ = JournalReader.Scan(pool.Options.Files, pool.Paths.Journal, (in frame) =>
        {
            if (frame.Type != EventType.VectorAdded) return;
            var row = VectorAddedEvent.RecordIdOf(frame.Payload) - 1;
            if (row < damaged.FirstRow || row >= damaged.EndRow || table.IsErased((int)row)) return;
            if (VectorAddedEvent.Decode(frame.Payload) is { } added && !table.Spaces[added.Space].IsDropped)
                later.Add(new LaterVector((int)row, table.Spaces[added.Space], added.Vector));
        });
        return later;
    }

    private Memtable Make(Segment damaged)
    {
        var (table, rows) = (pool.Table, new Memtable(damaged.FirstRow));
        for (var row = damaged.FirstRow; row < damaged.EndRow; row++)
        {
            if (table.IsErased(row))
            {
                rows.AddEmpty(1);
                continue;
            }
            using var body = pool.ReadFromJournal(row);
            if (!RecordReader.TryOpen(body.Span, out var record, out var problem))
                throw new InvalidOperationException($"Record {row + 1} does not open: {problem}.");
            using var draft = RowDraft.Of(record, table.Spaces.HashedSpace);
            rows.Add(row, draft, table.Spaces);
        }
        return rows;
    }
}
