namespace MemoryEngine.Index;

/// <summary>
/// The words of a pool's texts in alphabetical order, each with its term: what the beginning of a word may go on to. Postings know terms
/// alone, which are hashes. Immutable.
/// </summary>
internal sealed class WordList
{
    /// <summary>The beginning of a word has at least so many letters; fewer are the beginning of too much.</summary>
    public const int ShortestBeginning = 4;

    /// <summary>Words longer than this are rarely typed, and rarely words.</summary>
    public const int LongestWord = 40;

    /// <summary>A beginning that goes on to more terms than this says little; then it stands for the shortest of the words.</summary>
    public const int MostCompletions = 6;

    /// <summary>So many words with one beginning are looked at.</summary>
    private const int MostLookedAt = 256;

    public static readonly WordList Empty = new([], []);

    private readonly string[] _words;
    private readonly ulong[] _terms;

    private WordList(string[] words, ulong[] terms) => (_words, _terms) = (words, terms);

    public int Count => _words.Length;

    /// <summary>Finds the terms of the words that begin so: those of the shortest words, which are the nearest to what was typed.</summary>
    /// <param name="beginning">In lower case.</param>
    /// <param name="known">The terms that a memory holds.</param>
    /// <param name="target">Gets up to <see cref="MostCompletions"/> distinct terms.</param>
    /// <returns>How many.</returns>
    public int Complete(ReadOnlySpan<char> beginning, ITermSet known, Span<ulong> target)
    {
        if (beginning.Length is < ShortestBeginning or > LongestWord) return 0;
        Span<int> lengths = stackalloc int[MostCompletions];
        var (count, most) = (0, Math.Min(MostCompletions, target.Length));
        var first = FirstFrom(beginning);
        for (var at = first; at < _words.Length && at - first < MostLookedAt; at++)
        {
            var word = _words[at].AsSpan();
            if (!word.StartsWith(beginning, StringComparison.Ordinal)) break;
            // Of words of one length the first of the alphabet comes first.
            if (count == most && word.Length >= lengths[count - 1]) continue;
            var term = _terms[at];
            if (target[..count].Contains(term) || !known.Contains(term)) continue;
            var place = count < most ? count++ : count - 1;
            for (; place > 0 && lengths[place - 1] > word.Length; place--)
                (target[place], lengths[place]) = (target[place - 1], lengths[place - 1]);
            (target[place], lengths[place]) = (term, word.Length);
        }
        return count;
    }

    private int FirstFrom(ReadOnlySpan<char> beginning)
    {
        var (low, high) = (0, _words.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_words[middle].AsSpan().CompareTo(beginning, StringComparison.Ordinal) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Gathers words. For one thread.</summary>
    public sealed class Builder
    {
        private readonly Dictionary<string, ulong> _terms = new(StringComparer.Ordinal);

        /// <summary>Adds the words of a text.</summary>
        public void Add(ReadOnlySpan<char> text)
        {
            var sink = new Sink(_terms.GetAlternateLookup<ReadOnlySpan<char>>());
            TextAnalyzer.Analyze(text, ref sink);
        }

        /// <summary>All words so far.</summary>
        public WordList Build()
        {
            var words = _terms.Keys.ToArray();
            Array.Sort(words, StringComparer.Ordinal);
            return new WordList(words, Array.ConvertAll(words, w => _terms[w]));
        }
    }

    private ref struct Sink(Dictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> words) : TextAnalyzer.ISink
    {
        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            // Longer than a beginning, or nothing is left to go on to. Scripts without spaces have no beginnings of words.
            if (word.Length is <= ShortestBeginning or > LongestWord || !char.IsAsciiLetter(word[0])) return;
            words.TryAdd(word, term);
        }
    }
}
