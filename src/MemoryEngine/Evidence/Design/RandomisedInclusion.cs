namespace MemoryEngine.Evidence.Design;

/// <summary>How chance decides which candidates are handed over.</summary>
/// <param name="Design">The design.</param>
/// <param name="K">Memories to hand over, on average under the factorial design, at most otherwise.</param>
/// <param name="Withhold">w: the probability of withholding a candidate, above 0 and below 1.</param>
/// <param name="WithholdWatched">The same for a memory that is new or has something against it, about which more should be known soon.</param>
internal readonly record struct InclusionOptions(
    InclusionDesign Design, int K = 3, double Withhold = 0.1, double WithholdWatched = 0.5);

/// <summary>A verified candidate, in the order of the ranking.</summary>
/// <param name="Memory">Its id.</param>
/// <param name="IsWatched">Whether it is new or has something against it.</param>
/// <param name="IsPinned">Whether the caller asked for it by id: then it is handed over whatever chance says.</param>
/// <param name="IsSuspect">Whether it is suspected of harm, where it would be handed over.</param>
internal readonly record struct InclusionCandidate(Guid Memory, bool IsWatched = false, bool IsPinned = false, bool IsSuspect = false);

/// <summary>What chance decided about a candidate.</summary>
/// <param name="Probability">The probability with which it was to be handed over; it is logged with the transfer.</param>
/// <param name="Included">Whether it is.</param>
internal readonly record struct Inclusion(double Probability, bool Included);

/// <summary>
/// Decides by chance which candidates are handed over: each by itself, with a known probability, from nothing but the transfer's seed
/// and its own id. A withheld one is not replaced: a replacement would measure the memory against its substitute.
/// </summary>
/// <remarks>
/// Sources: Fisher (1935), The design of experiments, for randomisation and factorial designs; Horvitz and Thompson (1952) for
/// inclusion probabilities that are known and unequal.
/// </remarks>
internal static class RandomisedInclusion
{
    /// <summary>
    /// A suspect is withheld two times in three, at least, until it is removed or no suspect any more: what an appearance teaches goes with
    /// π (1 - π) and the harm it does with π, so of the harm that it takes to be sure a quarter is saved, for an eighth more appearances.
    /// </summary>
    public const double WithholdSuspect = 2.0 / 3;

    /// <summary>How many of the best candidates take part.</summary>
    public static int Considered(InclusionOptions options, int candidates) =>
        Math.Min(candidates, options.Design == InclusionDesign.Factorial ? 2 * options.K : options.K);

    /// <summary>Draws for the best candidates.</summary>
    /// <param name="options">The design.</param>
    /// <param name="candidates">Verified candidates, best first.</param>
    /// <param name="seed">The transfer's seed: fresh, and logged with it.</param>
    /// <param name="target">Room for <see cref="Considered"/> answers, one for each of the best.</param>
    /// <returns>How many were considered; candidates behind them are left out for their rank.</returns>
    public static int Draw(InclusionOptions options, ReadOnlySpan<InclusionCandidate> candidates, ulong seed, Span<Inclusion> target)
    {
        var count = Considered(options, candidates.Length);
        for (var i = 0; i < count; i++) target[i] = One(options, candidates[i], seed);
        return count;
    }

    /// <summary>The probability with which a candidate is handed over.</summary>
    public static double Probability(InclusionOptions options, InclusionCandidate candidate) => options.Design switch
    {
        _ when candidate.IsPinned => 1,
        InclusionDesign.Off => 1,
        InclusionDesign.Factorial => candidate.IsSuspect ? 1 - WithholdSuspect : 0.5,
        InclusionDesign.Withhold when candidate.IsSuspect => 1 - Math.Max(WithholdSuspect, options.WithholdWatched),
        InclusionDesign.Withhold => 1 - (candidate.IsWatched ? options.WithholdWatched : options.Withhold),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Design, "No such design."),
    };

    /// <summary>Whether a whole recall goes without memory, as a control: by hash, so that the share holds for any tasks.</summary>
    /// <param name="seed">The transfer's seed.</param>
    /// <param name="share">The share of recalls that are held out, 0 to 1; logged with the transfer.</param>
    public static bool IsHeldOut(ulong seed, double share) => CounterRandom.ToUnit(CounterRandom.Next(~seed)) < share;

    private static Inclusion One(InclusionOptions options, InclusionCandidate candidate, ulong seed)
    {
        var probability = Probability(options, candidate);
        return new Inclusion(probability, probability >= 1 || CounterRandom.Uniform(seed, candidate.Memory) < probability);
    }
}
