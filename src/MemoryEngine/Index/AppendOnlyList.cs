namespace MemoryEngine.Index;

/// <summary>
/// A growing list with one writer and any number of readers that take no locks: an element is complete before the
/// count says that it is there, and elements never move.
/// </summary>
internal sealed class AppendOnlyList<T>
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private T[][] _chunks = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>An element below <see cref="Count"/>; the writer may change its fields in place.</summary>
    public ref T this[int index] => ref Volatile.Read(ref _chunks)[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>
    /// Adds an item many times. Whole chunks of them are one array, so that a million cost next to nothing: none of these
    /// elements may be changed afterwards.
    /// </summary>
    public void AddMany(in T item, int count)
    {
        while (count > 0 && (_count & (ChunkSize - 1)) != 0)
        {
            Add(item);
            count--;
        }
        if (count >= ChunkSize)
        {
            var chunk = new T[ChunkSize];
            chunk.AsSpan().Fill(item);
            T[][] grown = [.. _chunks, .. Enumerable.Repeat(chunk, count / ChunkSize)];
            Volatile.Write(ref _chunks, grown);
            Volatile.Write(ref _count, _count + (count & -ChunkSize));
        }
        for (count &= ChunkSize - 1; count > 0; count--) Add(item);
    }

    public int Add(in T item)
    {
        var index = _count;
        if (index >> ChunkBits == _chunks.Length)
        {
            T[][] grown = [.. _chunks, new T[ChunkSize]];
            Volatile.Write(ref _chunks, grown);
        }
        _chunks[index >> ChunkBits][index & (ChunkSize - 1)] = item;
        Volatile.Write(ref _count, index + 1);
        return index;
    }
}
