using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>What a word that no memory holds is taken for.</summary>
public sealed class SpellingTests
{
    private static readonly string[] Texts =
        ["kubernetes deployment", "deadlock detection", "the default timeout", "database migrations", "parse the file name", "repository"];

    [Theory]
    [InlineData("kubernets", "kubernetes")]
    [InlineData("kuberenetes", "kubernetes")]
    [InlineData("deadlokc", "deadlock")]
    [InlineData("deadlok", "deadlock")]
    [InlineData("deadllock", "deadlock")]
    [InlineData("deadlick", "deadlock")]
    [InlineData("migrationz", "migrations")]
    [InlineData("repositry", "repository")]
    [InlineData("timeotu", "timeout")]
    public void One_slip_is_seen_through(string wrong, string meant)
    {
        var found = new ulong[Spelling.MostGuesses];
        var count = Spelling.Guess(wrong, Index(), found);
        Assert.Contains(TermCounts.Of(meant).Terms[0], found[..count]);
    }

    [Theory]
    [InlineData("filename", "file name")]
    [InlineData("databasemigration", "database migration")]
    public void A_word_that_is_two_is_taken_apart(string one, string two)
    {
        var found = new ulong[Spelling.MostGuesses];
        var count = Spelling.Guess(one, Index(), found);
        Assert.Equal(TermCounts.Of(two).Terms.ToArray(), found[..count].Order());
    }

    [Theory]
    [InlineData("grue")]
    [InlineData("zyzzyva")]
    [InlineData("")]
    [InlineData("ошибка")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz")]
    public void What_is_like_nothing_is_taken_for_nothing(string word) =>
        Assert.Equal(0, Spelling.Guess(word, Index(), new ulong[Spelling.MostGuesses]));

    [Fact]
    public void A_query_of_known_words_is_left_alone_and_an_unknown_one_gets_its_guesses()
    {
        var index = Index();
        using var known = LexicalQuery.Of("deadlock in the database, database", index);
        Assert.Equal(2, known.Terms.Length);
        Assert.Equal([1f, 2f], known.Weights.ToArray().Order());
        using var wrong = LexicalQuery.Of("deadlokc in the database", index);
        var at = wrong.Terms.IndexOf(TermCounts.Of("deadlock").Terms[0]);
        Assert.InRange(wrong.Weights[at], 0.1f, 0.9f);
        Assert.Equal(3, wrong.Terms.Length);
        Assert.Equal(wrong.Terms.Length, wrong.Terms.ToArray().Distinct().Count());
    }

    [Fact]
    public void A_misspelt_word_that_comes_again_counts_again_until_there_are_eight()
    {
        var meant = TermCounts.Of("deadlock").Terms[0];
        using var once = LexicalQuery.Of("deadlokc", Index());
        using var thrice = LexicalQuery.Of("deadlokc zyzzyva deadlokc zyzzyva deadlokc", Index());
        using var often = LexicalQuery.Of(string.Join(' ', Enumerable.Repeat("deadlokc", 20)), Index());
        Assert.Equal(3 * WeightOf(once), WeightOf(thrice), 1e-6f);
        Assert.Equal(8 * WeightOf(once), WeightOf(often), 1e-5f);

        float WeightOf(in LexicalQuery query) => query.Weights[query.Terms.IndexOf(meant)];
    }

    [Fact]
    public void Hundreds_of_unknown_words_are_answered()
    {
        var random = new Random(5);
        var words = Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, 9).Select(_ => (char)('a' + random.Next(26)))));
        using var query = LexicalQuery.Of(string.Join(' ', words), Index());
        Assert.InRange(query.Terms.Length, 290, 350);
    }

    private static LexicalIndex Index()
    {
        var index = new LexicalIndex();
        for (var row = 0; row < Texts.Length; row++) index.Add(row, TermCounts.Of(Texts[row]));
        return index;
    }
}
