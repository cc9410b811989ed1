using System.Buffers;
using System.Buffers.Binary;

namespace MemoryEngine.Records;

/// <summary>A value in a page of the log: its key, and where its record begins and the value lies in the page.</summary>
internal readonly record struct PageRecord(long Key, int Start, int ValueStart, int ValueBytes);

/// <summary>
/// A part of the log that lies within one page, read from disk to be compacted, and the values in it that verify. A block
/// that does not verify is damage that is told and passed over; the values before and behind it are found all the same.
/// </summary>
internal sealed class LogPage : IDisposable
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(MemoryPlan.PageBytes);
    private int _length;

    /// <summary>The address of the first byte.</summary>
    public long Address { get; private set; }

    public ReadOnlySpan<byte> ValueOf(in PageRecord record) => _bytes.AsSpan(record.ValueStart, record.ValueBytes);

    public void Load(LogSegments segments, long from, long until, Action<string> onDamage)
    {
        // A file that cannot be opened is no damage: the step fails and is done again.
        segments.Touch(from);
        Address = from;
        _length = (int)(until - from);
        var all = _bytes.AsSpan(0, _length);
        try
        {
            segments.Read(from, all);
            return;
        }
        catch (MemoryEngineException)
        {
            // Which block it is, and whether it is one at all, is seen block by block.
        }
        for (var at = 0; at < _length;)
        {
            var part = all.Slice(at, Math.Min(_length - at, LogBlock.Bytes - (int)((from + at) % LogBlock.Bytes)));
            try
            {
                segments.Read(from + at, part);
            }
            catch (MemoryEngineException e)
            {
                part.Clear();
                onDamage(e.Message);
            }
            at += part.Length;
        }
    }

    /// <summary>
    /// The next value at or behind a place, and the place behind it. A value is known by its checksum over key and bytes,
    /// so that it does not matter what lies before it: a gap, a tombstone, what fills a block, damage. A body may hold
    /// bytes that look like a record; no index leads to those.
    /// </summary>
    public bool TryNext(ref int at, out PageRecord record)
    {
        while (at + ColdReader.RecordHeaderBytes <= _length)
        {
            if (!IsRecord(at, out record))
            {
                at += ColdReader.RecordAlignment;
                continue;
            }
            at += (int)ColdReader.RecordBytes(record.ValueBytes);
            // What was removed before it was flushed is marked in place.
            if ((BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(record.Start)) & ColdReader.Deleted) == 0) return true;
        }
        record = default;
        return false;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private bool IsRecord(int at, out PageRecord record)
    {
        record = default;
        var here = _bytes.AsSpan(at, _length - at);
        if ((BinaryPrimitives.ReadInt64LittleEndian(here) & ColdReader.Valid) == 0) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(here[16..]);
        if (length is < StoredValue.HeaderBytes or > StoredValue.MostBytes) return false;
        if (ColdReader.RecordHeaderBytes + length > here.Length) return false;
        var key = BinaryPrimitives.ReadInt64LittleEndian(here[8..]);
        if (!StoredValue.TryOpen(here.Slice(ColdReader.RecordHeaderBytes, length), key, out _)) return false;
        record = new PageRecord(key, at, at + ColdReader.RecordHeaderBytes, length);
        return true;
    }
}
