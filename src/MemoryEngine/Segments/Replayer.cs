using System.Buffers;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>
/// Files the records of a journal that is being read: their words and vectors are worked out on all processors, a batch
/// at a time, and filed in order.
/// </summary>
internal sealed class Replayer(RowTable table)
{
    private const int BatchRecords = 512;
    private const int BatchBytes = 8 << 20;
    private readonly List<(byte[] Pooled, int Length, long Sequence, long Position)> _batch = [];
    private int _bytes;

    /// <summary>Called with each record, in order, before it is filed.</summary>
    public Action<long, ReadOnlySpan<byte>>? OnRecord { get; init; }

    /// <summary>Called with each filed record's work-up, in order.</summary>
    public Action<long, RowDraft, RecordPlace, UInt128>? OnFiled { get; init; }

    /// <summary>Records added and not yet filed.</summary>
    public int WaitingRecords => _batch.Count;

    public void Add(long sequence, long position, ReadOnlySpan<byte> record)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(record.Length);
        record.CopyTo(pooled);
        _batch.Add((pooled, record.Length, sequence, position));
        _bytes += record.Length;
        if (_batch.Count >= BatchRecords || _bytes >= BatchBytes) Flush();
    }

    /// <summary>Files what is waiting; due before any event that refers to it.</summary>
    public void Flush()
    {
        var drafts = new RowDraft[_batch.Count];
        var derived = table.Spaces.HashedSpace;
        if (drafts.Length < 16) for (var i = 0; i < drafts.Length; i++) drafts[i] = WorkUp(i, derived);
        else Parallel.For(0, drafts.Length, i => drafts[i] = WorkUp(i, derived));
        for (var i = 0; i < drafts.Length; i++)
        {
            var (pooled, length, sequence, position) = _batch[i];
            var bytes = pooled.AsSpan(0, length);
            _ = RecordReader.TryOpen(bytes, out var record, out _);
            OnRecord?.Invoke(sequence, bytes);
            table.Remember(sequence, position, record, drafts[i]);
            OnFiled?.Invoke(sequence, drafts[i], record.Place, record.ContentHash);
            drafts[i].Dispose();
            ArrayPool<byte>.Shared.Return(pooled);
        }
        _batch.Clear();
        _bytes = 0;
    }

    private RowDraft WorkUp(int index, int derivedSpace)
    {
        var (pooled, length, _, _) = _batch[index];
        _ = RecordReader.TryOpen(pooled.AsSpan(0, length), out var record, out _);
        return RowDraft.Of(record, derivedSpace);
    }
}
