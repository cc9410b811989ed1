using System.Buffers;

namespace MemoryEngine.Records;

internal enum TakeResult
{
    /// <summary>Nothing was offered yet.</summary>
    Nothing,

    /// <summary>The chunk is in its place in the body.</summary>
    Taken,

    /// <summary>The value is not what was written under its key.</summary>
    Damaged,

    /// <summary>The chunk belongs to a body that was put later than the chunks before it.</summary>
    OtherBody,
}

/// <summary>Puts the chunks of one body together in a pooled array, each verified before a byte of it is copied.</summary>
internal sealed class BodyBuilder
{
    private byte[]? _pooled;
    private int _length;

    /// <summary>How many chunks the body has: known with the first.</summary>
    public int Chunks { get; private set; }

    /// <summary>The length of the whole body: known with the first chunk.</summary>
    public int TotalBytes => _length;

    public long Sequence { get; private set; }

    public TakeResult Last { get; private set; }

    public void Begin()
    {
        Abandon();
        Chunks = 1;
    }

    public void Expect() => Last = TakeResult.Nothing;

    public void Take(long key, ReadOnlySpan<byte> stored) => Last = TryTake(key, stored);

    public RecordBody Finish()
    {
        var body = RecordBody.Found(_pooled!, _length, Sequence);
        _pooled = null;
        return body;
    }

    public void Abandon()
    {
        if (_pooled is not null) ArrayPool<byte>.Shared.Return(_pooled);
        _pooled = null;
    }

    private TakeResult TryTake(long key, ReadOnlySpan<byte> stored)
    {
        if (!StoredValue.TryOpen(stored, key, out var value)) return TakeResult.Damaged;
        var chunk = (int)(key & ushort.MaxValue);
        if (chunk == 0)
        {
            Abandon();
            _pooled = ArrayPool<byte>.Shared.Rent(value.TotalBytes);
            (_length, Chunks, Sequence) = (value.TotalBytes, value.Chunks, value.Sequence);
        }
        else if (value.Sequence != Sequence || value.TotalBytes != _length)
        {
            return TakeResult.OtherBody;
        }
        value.Payload.CopyTo(_pooled.AsSpan(chunk * StoredValue.MostPayloadBytes));
        return TakeResult.Taken;
    }
}
