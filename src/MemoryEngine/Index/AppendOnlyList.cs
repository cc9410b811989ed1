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
