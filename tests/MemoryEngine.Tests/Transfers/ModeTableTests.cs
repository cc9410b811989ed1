using MemoryEngine.Transfers;

namespace MemoryEngine.Tests.Transfers;

/// <summary>Every cell of the mode table by its name.</summary>
public sealed class ModeTableTests
{
    [Theory]
    [InlineData("SingleDomain", "own domain", "1234", "1234")]
    [InlineData("SingleDomain", "near", "", "")]
    [InlineData("SingleDomain", "foreign, preconditions match", "", "")]
    [InlineData("SingleDomain", "foreign, preconditions unknown", "", "")]
    [InlineData("SingleDomain", "preconditions contradict", "", "")]
    [InlineData("CrossDomain", "own domain", "234", "234")]
    [InlineData("CrossDomain", "near", "234", "234")]
    [InlineData("CrossDomain", "foreign, preconditions match", "34", "234")]
    [InlineData("CrossDomain", "foreign, preconditions unknown", "4", "34")]
    [InlineData("CrossDomain", "preconditions contradict", "", "")]
    [InlineData("Hybrid", "own domain", "1234", "1234")]
    [InlineData("Hybrid", "near", "234", "234")]
    [InlineData("Hybrid", "foreign, preconditions match", "234", "234")]
    [InlineData("Hybrid", "foreign, preconditions unknown", "34", "34")]
    [InlineData("Hybrid", "preconditions contradict", "", "")]
    public void The_cell_lets_these_levels_come(string modeName, string column, string levels, string levelsWhereSpecificityIsLow)
    {
        var mode = Enum.Parse<TransferMode>(modeName);
        Assert.Equal(levels, Levels(mode, column, isLow: false));
        Assert.Equal(levelsWhereSpecificityIsLow, Levels(mode, column, isLow: true));
    }

    [Theory]
    [InlineData(TransferMode.SingleDomain)]
    [InlineData(TransferMode.CrossDomain)]
    [InlineData(TransferMode.Hybrid)]
    public void A_trace_crosses_a_domain_only_when_it_is_pinned_and_never_against_its_preconditions(TransferMode mode)
    {
        foreach (var relation in new[] { DomainRelation.Near, DomainRelation.Foreign })
        {
            foreach (var match in Harmless)
            {
                var question = new ModeQuestion(MemoryLevel.Trace, relation, match, IsSpecificityLow: true, IsPinned: false);
                Assert.NotEqual(ModeAnswer.Yes, ModeTable.Decide(mode, question));
                Assert.Equal(ModeAnswer.Pinned, ModeTable.Decide(mode, question with { IsPinned = true }));
            }
            var contradicting = new ModeQuestion(MemoryLevel.Trace, relation, PreconditionMatch.Contradict, true, IsPinned: true);
            Assert.Equal(ModeAnswer.Contradicts, ModeTable.Decide(mode, contradicting));
        }
    }

    private static IEnumerable<PreconditionMatch> Harmless => [PreconditionMatch.Match, PreconditionMatch.Unknown];

    [Fact]
    public void What_could_come_is_whatever_some_text_and_some_preconditions_let_come()
    {
        foreach (var mode in new[] { TransferMode.SingleDomain, TransferMode.CrossDomain, TransferMode.Hybrid })
        {
            foreach (var relation in Enum.GetValues<DomainRelation>())
            {
                foreach (var level in Enum.GetValues<MemoryLevel>())
                {
                    var any = Harmless.Any(match => Comes(match, isLow: true) || Comes(match, isLow: false));
                    Assert.Equal(any, level >= ModeTable.LeastThatCouldCome(mode, relation));

                    bool Comes(PreconditionMatch match, bool isLow) =>
                        ModeTable.Decide(mode, new ModeQuestion(level, relation, match, isLow, false)) == ModeAnswer.Yes;
                }
            }
        }
    }

    [Fact]
    public void The_reason_says_which_cell_it_was()
    {
        Assert.Equal(
            "CrossDomain: level 3 may come from there only where its specificity is low (foreign domain, preconditions unknown)",
            ModeTable.Explain(
                TransferMode.CrossDomain, new(MemoryLevel.Insight, DomainRelation.Foreign, PreconditionMatch.Unknown, false, false)));
        Assert.Equal(
            "Hybrid: level 1 is too low to come from there (near domain)",
            ModeTable.Explain(TransferMode.Hybrid, new(MemoryLevel.Trace, DomainRelation.Near, PreconditionMatch.Unknown, true, false)));
        Assert.Equal(
            "SingleDomain: nothing comes from there (near domain)",
            ModeTable.Explain(TransferMode.SingleDomain, new(MemoryLevel.Trace, DomainRelation.Near, PreconditionMatch.Unknown, true, false)));
    }

    [Fact]
    public void Auto_is_no_row_of_the_table() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        ModeTable.Decide(TransferMode.Auto, new(MemoryLevel.Insight, DomainRelation.Own, PreconditionMatch.Unknown, true, false)));

    [Theory]
    [InlineData(0, TransferMode.SingleDomain)]
    [InlineData(99, TransferMode.SingleDomain)]
    [InlineData(100, TransferMode.CrossDomain)]
    [InlineData(500, TransferMode.CrossDomain)]
    [InlineData(501, TransferMode.Hybrid)]
    public void Auto_takes_the_size_tier(long tasks, TransferMode mode) => Assert.Equal(mode, SizeTiers.For(tasks));

    [Theory]
    [InlineData("a/b", "a/b", "Own")]
    [InlineData("a", "a/b", "Own")]
    [InlineData("a/b/c", "a", "Own")]
    [InlineData("a/bc", "a/b", "Near")]
    [InlineData("a/b", "a/c", "Near")]
    [InlineData("ab", "a", "Foreign")]
    [InlineData("b/c", "a/c", "Foreign")]
    [InlineData("", "a", "Foreign")]
    [InlineData("a", "", "Own")]
    [InlineData("a", null, "Own")]
    [InlineData("", "", "Own")]
    public void Domains_are_compared_part_by_part(string memory, string? task, string relation) =>
        Assert.Equal(Enum.Parse<DomainRelation>(relation), Domains.Compare(memory, task));

    private static string Levels(TransferMode mode, string column, bool isLow)
    {
        ModeQuestion[] questions = column switch
        {
            "own domain" => [Ask(DomainRelation.Own, PreconditionMatch.Match), Ask(DomainRelation.Own, PreconditionMatch.Unknown)],
            "near" => [Ask(DomainRelation.Near, PreconditionMatch.Match), Ask(DomainRelation.Near, PreconditionMatch.Unknown)],
            "foreign, preconditions match" => [Ask(DomainRelation.Foreign, PreconditionMatch.Match)],
            "foreign, preconditions unknown" => [Ask(DomainRelation.Foreign, PreconditionMatch.Unknown)],
            _ => [.. Enum.GetValues<DomainRelation>().Select(r => Ask(r, PreconditionMatch.Contradict))],
        };
        return Assert.Single(questions.Select(Of).Distinct());

        ModeQuestion Ask(DomainRelation relation, PreconditionMatch match) => new(default, relation, match, isLow, IsPinned: false);

        string Of(ModeQuestion question) => string.Concat(
            from level in Enum.GetValues<MemoryLevel>()
            where ModeTable.Decide(mode, question with { Level = level }) == ModeAnswer.Yes
            select (int)level);
    }
}
