using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// Finds a term's list by its hash. Hashes are spread evenly, so their array is searched where the hash should stand, and
/// nearly every term is found by looking at one stretch of it.
/// </summary>
internal sealed unsafe class TermDirectory
{
    // The place of a hash among n is off by half a root of n on average, and of those that are left by half a root again.
    private const int Reach = 32;

    private readonly IVerifiedBytes _bytes;
    private readonly long _basesAt;
    private readonly long _entriesAt;
    private TermFilter? _filter;

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

    /// <summary>Finds many terms at once: while one place is fetched from memory, the next ones are worked out.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="places">Gets the number of each, -1 where no row has it.</param>
    public void Find(ReadOnlySpan<ulong> terms, Span<long> places)
    {
        places = places[..terms.Length];
        places.Fill(-1);
        if (Count == 0) return;
        for (var i = 0; i < terms.Length; i++) Fetch(places[i] = (long)Math.BigMul(terms[i], (ulong)Count, out _));
        for (var i = 0; i < terms.Length; i++) Fetch(places[i] = Nearer(terms[i], places[i]));
        for (var i = 0; i < terms.Length; i++)
        {
            places[i] = Search(terms[i], Nearer(terms[i], places[i]));
            if (places[i] >= 0) Prefetch.Range(_bytes.At(_entriesAt + (places[i] * sizeof(uint)), sizeof(uint)), 1);
        }
    }

    /// <summary>
    /// Whether there is a term that most probably is not: without a look at the directory as a rule, once it was walked from end to
    /// end at the first such question.
    /// </summary>
    public bool Contains(ulong term)
    {
        if (Count == 0) return false;
        var filter = Volatile.Read(ref _filter);
        // Two threads that meet here both make one.
        if (filter is null) Volatile.Write(ref _filter, filter = MakeFilter());
        if (!filter.MayHave(term)) return false;
        var place = Nearer(term, (long)Math.BigMul(term, (ulong)Count, out _));
        return Search(term, Nearer(term, place)) >= 0;
    }

    public ulong Hash(long index) => Hashes(index, index + 1)[0];

    /// <summary>The entry of a term, and the place in the lists that an entry which is not inline counts from.</summary>
    public uint Entry(long index, out ulong start)
    {
        start = Unsafe.ReadUnaligned<ulong>(_bytes.At(_basesAt + (index / PostingsFormat.GroupTerms * sizeof(ulong)), sizeof(ulong)));
        return Unsafe.ReadUnaligned<uint>(_bytes.At(_entriesAt + (index * sizeof(uint)), sizeof(uint)));
    }

    private TermFilter MakeFilter()
    {
        const int Stretch = 1 << 13;
        var filter = new TermFilter(Count);
        for (long from = 0; from < Count; from += Stretch)
            foreach (var hash in Hashes(from, Math.Min(Count, from + Stretch))) filter.Add(hash);
        return filter;
    }

    // Where a term should stand, seen from the hash that stands at a place.
    private long Nearer(ulong term, long place)
    {
        var there = Hash(place);
        return term >= there
            ? Math.Min(Count - 1, place + (long)Math.BigMul(term - there, (ulong)Count, out _))
            : Math.Max(0, place - (long)Math.BigMul(there - term, (ulong)Count, out _));
    }

    // Wider and wider around a place, until the stretch begins at or below the term and ends at or above it.
    private long Search(ulong term, long place)
    {
        for (long reach = Reach; ; reach *= 8)
        {
            var (from, to) = (Math.Max(0, place - reach), Math.Min(Count, place + reach));
            var hashes = Hashes(from, to);
            if ((from > 0 && hashes[0] > term) || (to < Count && hashes[^1] < term)) continue;
            var at = hashes.BinarySearch(term);
            return at < 0 ? -1 : from + at;
        }
    }

    // The line before a hash's own as well, which it is as likely to be found in.
    private void Fetch(long place)
    {
        var from = Math.Max(0, place - (Prefetch.Line / sizeof(ulong)));
        Prefetch.Range(_bytes.At(from * sizeof(ulong), sizeof(ulong)), 2 * Prefetch.Line);
    }

    private ReadOnlySpan<ulong> Hashes(long from, long to) =>
        new(_bytes.At(from * sizeof(ulong), (to - from) * sizeof(ulong)), checked((int)(to - from)));
}
