using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// Turns engineering text into terms: words in lower case, without accents, stemmed; identifiers and paths split at case,
/// digits, underscores and separators and kept whole as well; scripts without spaces as characters and pairs of them; stop
/// words, addresses, moments and hashes dropped. A term is the 64-bit hash of its characters: with a million distinct
/// terms two of them share one with a probability of 3 in 10^8.
/// </summary>
internal static class TextAnalyzer
{
    /// <summary>Longer runs are data, not words.</summary>
    private const int MaxWordLength = 64;

    private const ulong HashSeed = 0xCBF2_9CE4_8422_2325;
    private const ulong HashFactor = 0x100_0000_01B3;

    /// <summary>Gets each term of a text in order. A word's own characters come with it, for those who look inside words.</summary>
    public interface ISink
    {
        /// <param name="term">The hash of the term.</param>
        /// <param name="word">The word it was made of, in lower case.</param>
        /// <param name="whole">Whether it is made of others that came before it: a compound, or a pair of ideographs.</param>
        void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole);
    }

    public static void Analyze<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        scoped var work = new Work(stackalloc char[3 * MaxWordLength], WordCache.OfThread);
        ReadOnlySpan<char> previous = default;
        for (var i = 0; i < text.Length;)
        {
            var first = Characters.KindOf(text[i]);
            if (first < CharacterKind.Underscore)
            {
                i++;
                continue;
            }
            var end = i + 1;
            if (first == CharacterKind.Ideograph)
            {
                while (end < text.Length && Characters.KindOf(text[end]) == CharacterKind.Ideograph) end++;
                Ideographs(text[i..end], ref sink);
                i = end;
                continue;
            }
            // Which kinds follow the first character: nearly always lower case alone, and then it is one word.
            var kinds = 0;
            for (; end < text.Length; end++)
            {
                var kind = Characters.KindOf(text[end]);
                if (!IsOfWord(kind))
                {
                    // A separator belongs to a compound when a word goes on behind it: src/main.rs, dry-run, net.http.
                    if (kind is not (CharacterKind.Joiner or CharacterKind.Dash)) break;
                    if (end + 1 == text.Length || !IsOfWord(Characters.KindOf(text[end + 1]))) break;
                }
                kinds |= 1 << (int)kind;
            }
            var run = text[i..end];
            if (first >= CharacterKind.Lower && (kinds & ~(1 << (int)CharacterKind.Lower)) == 0)
                Part(run, work, ref sink);
            // The number of a line is true of one version of one file.
            else if (first != CharacterKind.Digit || !previous.Equals("line", StringComparison.OrdinalIgnoreCase))
                Compound(run, (kinds & (1 << (int)CharacterKind.Joiner)) != 0, work, ref sink);
            previous = run;
            i = end;
        }
    }

    public static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = HashSeed;
        foreach (var c in word) hash = (hash ^ c) * HashFactor;
        return Finish(hash);
    }

    // FNV leaves the high bits of short words alike; the finisher of MurmurHash3 spreads them.
    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        return hash ^ (hash >> 33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOfWord(CharacterKind kind) => kind is >= CharacterKind.Underscore and < CharacterKind.Ideograph;

    // A character alone may be a word, and two are what most words of these scripts are.
    private static void Ideographs<TSink>(ReadOnlySpan<char> run, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        for (var i = 0; i < run.Length; i++)
        {
            sink.Add(Hash(run.Slice(i, 1)), run.Slice(i, 1), whole: false);
            if (i + 1 < run.Length) sink.Add(Hash(run.Slice(i, 2)), run.Slice(i, 2), whole: true);
        }
    }

    // A path or a qualified name: its names, and itself when there are several.
    private static void Compound<TSink>(ReadOnlySpan<char> run, bool isJoined, scoped Work work, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        if (char.IsAsciiDigit(run[0]) && DataRuns.IsMoment(run)) return;
        if (!isJoined)
        {
            Name(run, work, ref sink);
            return;
        }
        run = DataRuns.WithoutPosition(run);
        var names = 0;
        for (var i = 0; i < run.Length; names++)
        {
            var end = i;
            while (end < run.Length && Characters.KindOf(run[end]) != CharacterKind.Joiner) end++;
            Name(run[i..end], work, ref sink);
            i = end + 1;
        }
        if (names > 1) Whole(run, work, ref sink);
    }

    // An identifier or a word: its parts, and itself when there are several.
    private static void Name<TSink>(ReadOnlySpan<char> name, scoped Work work, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        var end = PartEnd(name, 0);
        if (end == name.Length)
        {
            Part(name, work, ref sink);
            return;
        }
        if (DataRuns.IsOpaque(name, out var isWorthKeeping))
        {
            if (isWorthKeeping) Whole(name, work, ref sink);
            return;
        }
        var parts = 0;
        for (var i = 0; i < name.Length; i = end)
        {
            end = PartEnd(name, i);
            if (Characters.KindOf(name[i]) <= CharacterKind.Underscore) continue;
            parts++;
            Part(name[i..end], work, ref sink);
        }
        if (parts > 1) Whole(name, work, ref sink);
    }

    // A part ends where lower case turns to upper, where a run of capitals meets a word (HTTPServer), and between letters
    // and digits. A dash or an underscore is a part of its own, which nobody asks for.
    private static int PartEnd(ReadOnlySpan<char> name, int start)
    {
        var previous = Characters.KindOf(name[start]);
        var end = start + 1;
        if (previous <= CharacterKind.Underscore) return end;
        for (; end < name.Length; end++)
        {
            var current = Characters.KindOf(name[end]);
            if (current <= CharacterKind.Underscore) break;
            if ((previous == CharacterKind.Digit) != (current == CharacterKind.Digit)) break;
            if (current == CharacterKind.Upper)
            {
                if (previous != CharacterKind.Upper) break;
                if (end + 1 < name.Length && Characters.KindOf(name[end + 1]) == CharacterKind.Lower) break;
            }
            previous = current;
        }
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part<TSink>(ReadOnlySpan<char> part, scoped Work work, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        if (part.Length > MaxWordLength) return;
        var word = Lower(part, work, out var hash);
        if (word.IsEmpty) return;
        // The cache stems in a copy: the word goes on to the sink.
        var copy = work.Buffer.Slice(2 * MaxWordLength, word.Length);
        word.CopyTo(copy);
        var term = work.Cache.TermOf(hash, copy);
        if (term != 0) sink.Add(term, word, whole: false);
    }

    // Without dashes and underscores, so that dry-run, dry_run, dryRun and dryrun are one.
    private static void Whole<TSink>(ReadOnlySpan<char> run, scoped Work work, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        if (run.Length > MaxWordLength) return;
        var length = 0;
        var plain = work.Buffer[(2 * MaxWordLength)..];
        foreach (var c in run) if (c is not ('-' or '_')) plain[length++] = c;
        var word = Lower(plain[..length], work, out var hash);
        if (word.IsEmpty) return;
        var term = hash;
        if (!word.ContainsAnyExceptInRange('a', 'z'))
        {
            // As a word that is written in one, which stands for the same.
            var copy = plain[..word.Length];
            word.CopyTo(copy);
            term = Hash(copy[..Stemmer.Stem(copy)]);
        }
        sink.Add(term, word, whole: true);
    }

    // In lower case and folded, with its hash, in one walk where it is ASCII.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<char> Lower(scoped ReadOnlySpan<char> word, Work work, out ulong hash)
    {
        var state = HashSeed;
        var target = work.Buffer;
        for (var i = 0; i < word.Length; i++)
        {
            var c = (uint)word[i];
            if (c >= 128) return LowerUnicode(word, target, out hash);
            if (c - 'A' <= 'Z' - 'A') c |= 0x20;
            target[i] = (char)c;
            state = (state ^ c) * HashFactor;
        }
        hash = Finish(state);
        return target[..word.Length];
    }

    private static Span<char> LowerUnicode(scoped ReadOnlySpan<char> word, Span<char> buffer, out ulong hash)
    {
        Span<char> lower = stackalloc char[MaxWordLength];
        lower = lower[..word.ToLowerInvariant(lower)];
        var folded = buffer[..Characters.Fold(lower, buffer)];
        // A ligature may have made it too long; no word is.
        if (folded.Length > MaxWordLength) folded = default;
        hash = Hash(folded);
        return folded;
    }

    /// <summary>Room for a word that was folded to twice its length and for one more, and the thread's cache.</summary>
    private readonly ref struct Work(Span<char> buffer, WordCache cache)
    {
        public readonly Span<char> Buffer = buffer;
        public readonly WordCache Cache = cache;
    }
}
