using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>Growing pooled arrays of rows and frequencies.</summary>
internal ref struct PostingBuffer
{
    private int[] _rows;
    private int[] _frequencies;

    public PostingBuffer(int capacity) =>
        (_rows, _frequencies) = (ArrayPool<int>.Shared.Rent(capacity), ArrayPool<int>.Shared.Rent(capacity));

    /// <summary>Postings in it.</summary>
    public int Count { get; private set; }

    public readonly Span<int> Rows => _rows;

    public readonly Span<int> Frequencies => _frequencies;

    /// <summary>Makes room for more postings, and says where they go.</summary>
    public int Reserve(int more)
    {
        var needed = checked(Count + more);
        if (needed > Math.Min(_rows.Length, _frequencies.Length))
        {
            Grow(ref _rows, needed);
            Grow(ref _frequencies, needed);
        }
        return Count;
    }

    /// <summary>Says that postings were put there.</summary>
    public void Take(int count) => Count += count;

    public void Clear() => Count = 0;

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_rows);
        ArrayPool<int>.Shared.Return(_frequencies);
    }

    private readonly void Grow(ref int[] array, int needed)
    {
        var grown = ArrayPool<int>.Shared.Rent(Math.Max(needed, 2 * Count));
        array.AsSpan(0, Count).CopyTo(grown);
        ArrayPool<int>.Shared.Return(array);
        array = grown;
    }
}
