namespace MemoryEngine;

/// <summary>What a gate says. Beside yes and no it can say that the data do not suffice.</summary>
public enum GateVerdict
{
    /// <summary>The data allow both; <see cref="Gate.Needed"/> says what it would take.</summary>
    Insufficient = 0,

    /// <summary>The one-sided 95 % bound is on the good side of the limit.</summary>
    Pass = 1,

    /// <summary>The one-sided 95 % bound is on the bad side of the limit.</summary>
    Fail = 2,
}

/// <summary>A figure held against a limit.</summary>
/// <param name="Name">What is measured, as <c>ntr_below_10</c>.</param>
/// <param name="Value">The measured value; null where nothing was measured.</param>
/// <param name="Low">Its one-sided 95 % lower bound; the value itself where it is counted, not estimated.</param>
/// <param name="High">Its one-sided 95 % upper bound, likewise.</param>
/// <param name="Limit">The limit, in the unit of the value.</param>
/// <param name="Article">The figure of the article that the gate comes from; null where it names none.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Needed">
/// Where insufficient: how many more pairs, or whatever is counted, it takes at least. Null where the verdict stands, and where at
/// the measured rate no number would do.
/// </param>
public sealed record Gate(
    string Name, double? Value, double? Low, double? High, double Limit, double? Article, GateVerdict Verdict, long? Needed);
