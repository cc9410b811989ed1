namespace MemoryEngine.Index;

/// <summary>Which terms there are to be found at all.</summary>
internal interface ITermSet
{
    bool Contains(ulong term);
}

/// <summary>
/// What a word of a query that no memory holds may have meant: the words at one slip from it (a letter too many, too few,
/// wrong, or two swapped; Damerau 1964 found four of five misspellings to be one of these), or else the two words that it
/// is when it is taken apart. The possible words are made up and looked for among the terms, so this needs no list of words and
/// costs nothing while all words are known: some 500 look-ups for a word that is not, nearly all of them in <see cref="TermFilter"/>.
/// </summary>
internal static class Spelling
{
    /// <summary>A shorter word is at one slip from too many others.</summary>
    private const int Shortest = 5;

    private const int Longest = 32;

    /// <summary>A part of a word that was taken apart has at least so many letters.</summary>
    private const int ShortestPart = 3;

    /// <summary>More possible words than this say nothing.</summary>
    public const int MostGuesses = WordList.MostCompletions;

    /// <summary>Finds what a word may have meant; returns how many terms went to <paramref name="guesses"/>.</summary>
    /// <param name="word">A word in lower case that is not in <paramref name="known"/>.</param>
    /// <param name="known">The terms there are.</param>
    /// <param name="guesses">Gets up to <see cref="MostGuesses"/> distinct terms.</param>
    public static int Guess(ReadOnlySpan<char> word, ITermSet known, Span<ulong> guesses)
    {
        if (word.Length is < Shortest or > Longest || word.ContainsAnyExceptInRange('a', 'z')) return 0;
        Span<char> changed = stackalloc char[Longest + 1];
        var found = new Guesses(known, guesses);
        // The first letter is rarely the wrong one.
        for (var i = 1; i < word.Length && !found.IsFull; i++)
        {
            word.CopyTo(changed);
            var same = changed[..word.Length];
            if (i + 1 < word.Length && word[i] != word[i + 1])
            {
                (same[i], same[i + 1]) = (same[i + 1], same[i]);
                found.Try(same);
                word.CopyTo(changed);
            }
            word[(i + 1)..].CopyTo(changed[i..]);
            found.Try(changed[..(word.Length - 1)]);
        }
        for (var i = 1; i <= word.Length && !found.IsFull; i++)
        {
            for (var letter = 'a'; letter <= 'z' && !found.IsFull; letter++)
            {
                word[..i].CopyTo(changed);
                changed[i] = letter;
                word[i..].CopyTo(changed[(i + 1)..]);
                found.Try(changed[..(word.Length + 1)]);
                if (i == word.Length || letter == word[i]) continue;
                word[(i + 1)..].CopyTo(changed[(i + 1)..]);
                found.Try(changed[..word.Length]);
            }
        }
        return found.Count > 0 ? found.Count : TakeApart(word, known, guesses);
    }

    // The longest first part whose rest is a word as well.
    private static int TakeApart(ReadOnlySpan<char> word, ITermSet known, Span<ulong> guesses)
    {
        for (var at = word.Length - ShortestPart; at >= ShortestPart; at--)
        {
            var (first, second) = (TermOf(word[..at]), TermOf(word[at..]));
            if (first == 0 || second == 0 || !known.Contains(first) || !known.Contains(second)) continue;
            guesses[0] = first;
            guesses[1] = second;
            return first == second ? 1 : 2;
        }
        return 0;
    }

    private static ulong TermOf(ReadOnlySpan<char> word)
    {
        Span<char> copy = stackalloc char[Longest + 1];
        word.CopyTo(copy);
        return WordCache.Work(TextAnalyzer.Hash(word), copy[..word.Length]);
    }

    private ref struct Guesses(ITermSet known, Span<ulong> target)
    {
        private readonly Span<ulong> _target = target;

        public int Count { get; private set; }

        public readonly bool IsFull => Count == MostGuesses;

        public void Try(scoped ReadOnlySpan<char> word)
        {
            var term = TermOf(word);
            if (term == 0 || IsFull || _target[..Count].Contains(term) || !known.Contains(term)) return;
            _target[Count++] = term;
        }
    }
}
