namespace MemoryEngine.Index;

/// <summary>
/// The text of a question, analysed, and the terms that it is searched by: worked out once, however often a search goes deeper. For one
/// caller; its arrays are pooled.
/// </summary>
internal sealed class QuestionText(string text) : IDisposable
{
    private TermCounts? _counts;
    private LexicalQuery? _query;

    public string Text => text;

    /// <summary>Its terms, each with how often it is there.</summary>
    public TermCounts Counts => _counts ??= TermCounts.Of(text);

    /// <summary>What the postings are asked for.</summary>
    /// <param name="known">The terms there are, as they were when this was first asked.</param>
    /// <param name="words">The words of the memories, for beginnings of words; asked for when one is unknown.</param>
    public LexicalQuery Terms(ITermSet known, Func<WordList>? words = null) => _query ??= LexicalQuery.Of(Counts, text, known, words);

    public void Dispose()
    {
        _counts?.Dispose();
        _query?.Dispose();
        (_counts, _query) = (null, null);
    }
}
