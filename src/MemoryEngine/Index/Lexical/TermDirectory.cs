using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// Finds a term's list by its hash. Hashes are spread evenly, so their array is searched where the hash should stand, and
/// nearly every term is found by looking at one stretch of it.
/// </summary>
internal sealed unsafe class TermDirectory
{
    // The place of a hash among n is off by half a root of n on average; this is six times that for a million.
    private const int Reach = 3072;

    private readonly IVerifiedBytes _bytes;
    private readonly long _basesAt;
    private readonly long _entriesAt;

    public TermDirectory(IVerifiedBytes bytes)
    {
        _bytes = bytes;
        if (bytes.Length < PostingsFormat.FooterBytes) throw new InvalidDataException($"A term directory of {bytes.Length} bytes.");
        var count = Unsafe.ReadUnaligned<ulong>(bytes.At(bytes.Length - PostingsFormat.FooterBytes, PostingsFormat.FooterBytes));
        if (count > (ulong)bytes.Length / sizeof(ulong)) throw new InvalidDataException($"{count} terms in {bytes.Length} bytes.");
        Count = (long)count;
        _basesAt = Count * sizeof(ulong);
        _entriesAt = _basesAt + ((Count + PostingsFormat.GroupTerms - 1) / PostingsFormat.GroupTerms * sizeof(ulong));
        if (_entriesAt + (Count * sizeof(uint)) + PostingsFormat.FooterBytes != bytes.Length)
            throw new InvalidDataException($"{count} terms in {bytes.Length} bytes.");
    }

    public long Count { get; }

    /// <summary>The number of a term; false when no row has it.</summary>
    public bool TryFind(ulong term, out long index)
    {
        var (low, high) = (0L, Count);
        var guess = (long)Math.BigMul(term, (ulong)Count, out _);
        // Wider and wider around the guess, until the stretch begins at or below the term and ends above it.
        for (long reach = Reach; ; reach *= 8)
        {
            var (from, to) = (Math.Max(low, guess - reach), Math.Min(high, guess + reach));
            var hashes = Hashes(from, to);
            if (!hashes.IsEmpty && from > 0 && hashes[0] > term) continue;
            if (!hashes.IsEmpty && to < Count && hashes[^1] < term) continue;
            var at = hashes.BinarySearch(term);
            index = from + at;
            return at >= 0;
        }
    }

    public ulong Hash(long index) => Hashes(index, index + 1)[0];

    /// <summary>The entry of a term, and the place in the lists that an entry which is not inline counts from.</summary>
    public uint Entry(long index, out ulong start)
    {
        start = Unsafe.ReadUnaligned<ulong>(_bytes.At(_basesAt + (index / PostingsFormat.GroupTerms * sizeof(ulong)), sizeof(ulong)));
        return Unsafe.ReadUnaligned<uint>(_bytes.At(_entriesAt + (index * sizeof(uint)), sizeof(uint)));
    }

    private ReadOnlySpan<ulong> Hashes(long from, long to) => to <= from
        ? default
        : new ReadOnlySpan<ulong>(_bytes.At(from * sizeof(ulong), (to - from) * sizeof(ulong)), checked((int)(to - from)));
}
