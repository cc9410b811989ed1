using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// What the postings are asked for: distinct terms, each with the factor that its BM25 score is multiplied by. Whatever adds
/// to a text's own terms ends in one of these, and the postings are walked once. Its arrays are pooled.
/// </summary>
internal readonly struct LexicalQuery : IDisposable
{
    /// <summary>
    /// What the guesses at a word that is unknown weigh together, against a word that is known. They are mostly right, and
    /// rare words, which the idf makes much of.
    /// </summary>
    private const float GuessWeight = 0.7f;

    /// <summary>So many unknown words are guessed at: a long text of another language has hundreds.</summary>
    private const int MostUnknown = 8;

    private readonly ulong[] _terms;
    private readonly float[] _weights;
    private readonly int _count;

    private LexicalQuery(ulong[] terms, float[] weights, int count) => (_terms, _weights, _count) = (terms, weights, count);

    /// <summary>The terms, each once, in no order that matters.</summary>
    public ReadOnlySpan<ulong> Terms => _terms.AsSpan(0, _count);

    /// <summary>The weight of each term, above zero; 1 is plain BM25.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _count);

    /// <summary>
    /// The terms of a text, each weighted by how often it is there: a long question says what it is about more than once.
    /// </summary>
    public static LexicalQuery Of(ReadOnlySpan<char> text)
    {
        using var counts = TermCounts.Of(text);
        return Of(counts);
    }

    /// <summary>The terms of a text that was analysed already, each weighted by its frequency.</summary>
    public static LexicalQuery Of(in TermCounts counts)
    {
        var query = Rent(counts.Terms.Length);
        counts.Terms.CopyTo(query._terms);
        for (var i = 0; i < query._count; i++) query._weights[i] = counts.Counts[i];
        return query;
    }

    /// <summary>Distinct terms with a weight each.</summary>
    public static LexicalQuery Of(ReadOnlySpan<ulong> terms, ReadOnlySpan<float> weights)
    {
        var query = Rent(terms.Length);
        terms.CopyTo(query._terms);
        weights[..terms.Length].CopyTo(query._weights);
        return query;
    }

    /// <summary>The terms of a text, and for words that are not among the known terms what they may have meant, or begin.</summary>
    /// <param name="text">The text.</param>
    /// <param name="known">The terms that a memory holds.</param>
    /// <param name="words">The words of the memories; asked for when a word is unknown, and null where beginnings do not matter.</param>
    public static LexicalQuery Of(ReadOnlySpan<char> text, ITermSet known, Func<WordList>? words = null)
    {
        using var counts = TermCounts.Of(text);
        return Of(counts, text, known, words);
    }

    /// <summary>The same of a text that was analysed already.</summary>
    public static LexicalQuery Of(in TermCounts counts, ReadOnlySpan<char> text, ITermSet known, Func<WordList>? words = null)
    {
        const int MostGuesses = MostUnknown * Spelling.MostGuesses;
        var tried = new TriedWords(stackalloc ulong[TriedWords.Most], stackalloc Range[TriedWords.Most]);
        var guesses = new GuessingSink(known, words, tried, stackalloc ulong[MostGuesses], stackalloc float[MostGuesses]);
        foreach (var term in counts.Terms)
        {
            if (known.Contains(term)) continue;
            // Some word is unknown: only now are the words themselves looked at.
            TextAnalyzer.Analyze(text, ref guesses);
            break;
        }
        var query = Rent(counts.Terms.Length + guesses.Count);
        counts.Terms.CopyTo(query._terms);
        for (var i = 0; i < counts.Terms.Length; i++) query._weights[i] = counts.Counts[i];
        var count = counts.Terms.Length;
        for (var i = 0; i < guesses.Count; i++)
        {
            var at = query._terms.AsSpan(0, count).IndexOf(guesses.Terms[i]);
            if (at < 0) (query._terms[count], query._weights[count++]) = (guesses.Terms[i], guesses.Weights[i]);
            else query._weights[at] += guesses.Weights[i];
        }
        return new LexicalQuery(query._terms, query._weights, count);
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_terms);
        ArrayPool<float>.Shared.Return(_weights);
    }

    private static LexicalQuery Rent(int count) => new(ArrayPool<ulong>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count), count);

    private ref struct GuessingSink(ITermSet known, Func<WordList>? words, TriedWords tried, Span<ulong> terms, Span<float> weights)
        : TextAnalyzer.ISink
    {
        private TriedWords _tried = tried;
        private int _unknown;

        public readonly Span<ulong> Terms { get; } = terms;

        public readonly Span<float> Weights { get; } = weights;

        public int Count { get; private set; }

        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            if (_unknown == MostUnknown || known.Contains(term)) return;
            var hash = TextAnalyzer.Hash(word) ^ (whole ? 1UL : 0);
            if (!_tried.TryFind(hash, out var found))
            {
                found = Count..(Count + Guess(word, whole));
                _tried.Add(hash, found);
            }
            var (from, count) = found.GetOffsetAndLength(Terms.Length);
            if (count == 0) return;
            _unknown++;
            Terms.Slice(from, count).CopyTo(Terms[Count..]);
            Weights.Slice(Count, count).Fill(GuessWeight / count);
            Count += count;
        }

        // The parts of a compound speak for it where it is misspelt. A name that it begins has more of them.
        private readonly int Guess(scoped ReadOnlySpan<char> word, bool whole)
        {
            var guesses = Terms[Count..];
            var found = whole ? 0 : Spelling.Guess(word, known, guesses);
            return found > 0 || words is null || word.Length < WordList.ShortestBeginning ? found : words().Complete(word, known, guesses);
        }
    }

    /// <summary>Words that were guessed at already, and where their guesses lie: an unknown word of a long text comes again and again.</summary>
    private ref struct TriedWords(Span<ulong> hashes, Span<Range> guesses)
    {
        /// <summary>What does not fit any more is guessed at each time.</summary>
        public const int Most = 64;

        private readonly Span<ulong> _hashes = hashes;
        private readonly Span<Range> _guesses = guesses;
        private int _count;

        public readonly bool TryFind(ulong hash, out Range guesses)
        {
            var at = _hashes[.._count].IndexOf(hash);
            guesses = at < 0 ? default : _guesses[at];
            return at >= 0;
        }

        public void Add(ulong hash, Range guesses)
        {
            if (_count < Most) (_hashes[_count], _guesses[_count++]) = (hash, guesses);
        }
    }
}
