namespace MemoryEngine.Evidence.State;

/// <summary>What an outcome may hold.</summary>
internal static class OutcomeRules
{
    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The score is not between 0 and 1, or a figure is negative or no number.</exception>
    /// <exception cref="ArgumentException">A model judged, and is not named.</exception>
    public static void Check(Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (!(outcome.Score is >= 0 and <= 1))
        {
            var message = $"A score is between 0 (failed) and 1 (passed), not {outcome.Score}. Nothing was recorded.";
            throw new ArgumentOutOfRangeException(nameof(outcome), message);
        }
        if (outcome.Judge == OutcomeJudge.Model && string.IsNullOrEmpty(outcome.JudgeModel))
            throw new ArgumentException("A model judged; its name is missing, without which its labels cannot be corrected.", nameof(outcome));
        Span<double?> figures = [outcome.Tokens, outcome.Seconds, outcome.Steps, outcome.FirstEditSeconds, outcome.Cost];
        for (var i = 0; i < figures.Length; i++)
        {
            if (figures[i] is { } figure && !(figure >= 0 && double.IsFinite(figure)))
                throw new ArgumentOutOfRangeException(nameof(outcome), $"{(RunFigure)i} is 0 or more, not {figure}. Nothing was recorded.");
        }
    }

    /// <summary>A number that two outcomes share when they say the same, and hardly ever otherwise.</summary>
    /// <remarks>Source: Fowler, Noll and Vo's hash, FNV-1a, 64 bits, over the fields as text.</remarks>
    public static ulong Digest(Outcome outcome)
    {
        var text = string.Join('|', Bits(outcome.Score), outcome.Judge, outcome.JudgeModel, string.Join(',', outcome.Used.Distinct().Order()),
            outcome.IsUsedInferred, outcome.Failure, Bits(outcome.Tokens), Bits(outcome.Seconds), Bits(outcome.Steps),
            Bits(outcome.FirstEditSeconds), Bits(outcome.Cost));
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var letter in text) hash = (hash ^ letter) * 1_099_511_628_211;
        // 0 stands for "no outcome yet".
        return hash == 0 ? 1 : hash;
    }

    private static long? Bits(double? value) => value is { } v ? BitConverter.DoubleToInt64Bits(v) : null;
}
