namespace MemoryEngine.Evidence.Effect;

/// <summary>How often a memory must appear before harm of a given size is found with a probability of about 95 %.</summary>
internal static class SampleSize
{
    /// <summary>
    /// The sum of π (1 - π) that it takes for 20 points, a base rate of one half, and a tenth of the pool harmful: 600 appearances at
    /// π = ½. Found by the simulation of docs/evidence.md, not by a formula.
    /// </summary>
    private const double Information = 150;

    private const double Effect = 0.2;

    /// <summary>The sum of π (1 - π) that it takes for an effect: it grows with the square of how much smaller the effect is.</summary>
    public static double InformationFor(double effect) => Information * (Effect / effect) * (Effect / effect);

    /// <summary>Appearances still needed at that probability of being handed over; 0 when there are enough.</summary>
    /// <param name="known">What is known so far.</param>
    /// <param name="probability">π from now on, above 0 and below 1.</param>
    /// <param name="effect">The effect to be found, above 0: 0.2 for 20 points.</param>
    public static long StillNeeded(in MemoryEffect known, double probability, double effect)
    {
        var missing = InformationFor(effect) - known.Information;
        return missing <= 0 ? 0 : (long)Math.Ceiling(missing / (probability * (1 - probability)));
    }
}
