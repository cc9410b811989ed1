namespace MemoryEngine.Index;

/// <summary>
/// The terms of the words that a thread met last. Words repeat, and looking one up costs a tenth of stemming it. 64 KiB
/// for each thread that analyses texts.
/// </summary>
internal sealed class WordCache
{
    private const int Entries = 4096;

    [ThreadStatic]
    private static WordCache? _ofThread;

    private readonly (ulong Word, ulong Term)[] _entries = new (ulong, ulong)[Entries];

    public static WordCache OfThread => _ofThread ??= new WordCache();

    /// <summary>The term of a word, 0 of one that is none. The word may be overwritten.</summary>
    /// <param name="hash">The word's hash.</param>
    /// <param name="word">The word in lower case, folded.</param>
    public ulong TermOf(ulong hash, Span<char> word)
    {
        ref var entry = ref _entries[hash & (Entries - 1)];
        if (entry.Word != hash) entry = (hash, Work(hash, word));
        return entry.Term;
    }

    /// <summary>The same without the cache.</summary>
    public static ulong Work(ulong hash, Span<char> word)
    {
        if (char.IsAsciiDigit(word[0])) return DataRuns.IsLongNumber(word) ? 0 : hash;
        if (StopWords.Contains(hash)) return 0;
        if (word.ContainsAnyExceptInRange('a', 'z')) return hash;
        var length = Stemmer.Stem(word);
        return length == word.Length && word[^1] != 'i' ? hash : TextAnalyzer.Hash(word[..length]);
    }
}
