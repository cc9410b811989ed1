using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>Whether a term is there: always yes of those that are, rarely of others, and never in the end.</summary>
public sealed class TermFilterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(4_097)]
    [InlineData(30_000)]
    public void Every_term_passes_and_few_others_do(int count)
    {
        var filter = new TermFilter(count);
        for (var i = 0; i < count; i++) filter.Add(WordCollection.Term(i));
        for (var i = 0; i < count; i++) Assert.True(filter.MayHave(WordCollection.Term(i)));
        const int Others = 20_000;
        var passing = Enumerable.Range(count, Others).Count(i => filter.MayHave(WordCollection.Term(i)));
        Assert.InRange(passing, 0, Others / 20);
    }

    [Fact]
    public void A_segment_has_the_terms_that_it_finds()
    {
        const int Terms = 3_000;
        var all = new WordCollection(new Random(TestSeed.Value), 500, Terms, 20);
        var (words, postings) = all.Seal(100, 300);
        using (words)
        {
            for (var i = 0; i < 2 * Terms; i++)
                Assert.Equal(postings.TryFind(WordCollection.Term(i), out _), postings.Contains(WordCollection.Term(i)));
        }
    }
}
