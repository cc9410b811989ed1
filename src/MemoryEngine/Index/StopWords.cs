namespace MemoryEngine.Index;

/// <summary>English words that say how a sentence is built and not what it is about: they are neither kept nor asked for.</summary>
internal static class StopWords
{
    private static readonly HashSet<ulong> Hashes =
    [
        .. (
            "a about above after again against all am an and any are as at be because been before being below between both but by " +
            "can could did do does doing down during each few for from further had has have having he her here hers him his how i if " +
            "in into is it its just like may me might more most must my no nor not of off on once only or other our ours out over " +
            "own same she should so some such than that the their theirs them then there these they this those through to too under " +
            "until up very was we were what when where which while who whom why will with would you your yours")
        .Split(' ').Select(word => TextAnalyzer.Hash(word)),
    ];

    /// <summary>Whether a word in lower case is one of them, by its hash.</summary>
    public static bool Contains(ulong word) => Hashes.Contains(word);
}
